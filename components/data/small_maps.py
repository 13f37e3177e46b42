"""Small Grad-CAM maps for a page of images: of the predicted and the true class, in each model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol, TypeVar

import numpy as np
from PIL import Image

from components.ask.layers import best_layer
from components.data.measured import Measured
from components.jobs.orders import keep_maps_only, live_job
from components.session.cache import in_session
from components.session.guard import attempt
from components.session.media import jpeg_bytes
from components.session.offers.data_sets import data_image
from components.words.i18n import _, sentence
from compute.work.contract import Order, View
from compute.work.kinds import orders_of
from compute.work.maps import MapOrder, MapRequest
from compute.work.predict import Prediction, PredictOrder
from engine.errors import ModelError, VitrineError
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.methods import get_method
from engine.visualise.inks import Look
from engine.visualise.overlays import overlay_explanation
from engine.visualise.scales import scale_for
from model_store.catalogue import ModelRef, as_seen

METHOD = "gradcam"
DRAWN_PX, FINE = 240, 2
"""Longer side of a map; images that are enlarged by more than twice show their pixels."""
V = TypeVar("V", bound=View[Any, Any])
NamedMap = tuple[str, bytes | str]
"""Title, and the file content of a map or why there is none."""
DrawnMaps = dict[int, list[NamedMap]]
"""By the place of an image."""


class Shown(Protocol):
    """What is asked about an image of the grid."""

    @property
    def place(self) -> int:
        """Of its item."""
        ...

    @property
    def truth(self) -> int | None:
        """Its class."""
        ...


@dataclass(frozen=True, eq=False)
class _Question:
    """One image asked of one model, and which classes are explained."""

    found: Measured
    card: Shown
    prediction: int

    @property
    def ref(self) -> ModelRef:
        return self.found.view.order.spec.measure.ref

    @cached_property
    def picture(self) -> Picture:
        """What the model sees of the image.

        Raises:
            VitrineError: it cannot be read.
        """
        order = self.found.view.order
        name = self.found.items[self.card.place].id
        return as_seen(self.ref, data_image(order.data.key, name))

    @property
    def classes(self) -> list[int]:
        """The predicted class and, where it is another, the true one."""
        truth = self.card.truth
        return [self.prediction] if truth in (None, self.prediction) else [self.prediction, int(truth or 0)]


class SmallMaps:
    """Maps of the images of a page as they come in.

    Args:
        questions: one for each image and model.
    """

    def __init__(self, questions: Sequence[_Question]) -> None:
        self._questions = questions
        self._known: dict[int, list[Explanation] | VitrineError] = {}
        self._orders: dict[int, MapOrder[Any]] = {}

    def finished(self) -> bool:
        """Whether nothing more will come; what is missing is ordered."""
        self._look()
        return len(self._known) == len(self._questions)

    def drawn(self) -> DrawnMaps:
        """The maps that there are."""
        self._look()
        several = len({question.ref for question in self._questions}) > 1
        found: DrawnMaps = {}
        for number, question in enumerate(self._questions):
            maps = self._known.get(number, [])
            said = found.setdefault(question.card.place, [])
            if isinstance(maps, VitrineError):
                said.append(("", sentence(maps)))
                continue
            for place, one in zip(question.classes, maps, strict=False):
                said.append((_title(question, place, several), _drawn(question, place, one)))
        return found

    def _look(self) -> None:
        for number, question in enumerate(self._questions):
            if number not in self._known:
                answer = attempt(self._ask, number, question)
                if answer is not None:
                    self._known[number] = answer
        keep_maps_only(self._orders.values())

    def _ask(self, number: int, question: _Question) -> list[Explanation] | None:
        """The maps; None while they are computed.

        Raises:
            VitrineError: there is no answer, or no map can be made of it.
        """
        prediction = _answer_of(PredictOrder(question.ref, question.picture))
        if prediction is None:
            return None
        request = _request(question, prediction)
        self._orders[number] = order = orders_of(request)[0]
        view = _view_of(order)
        return None if view is None else [explanation for _wanted, explanation in view.maps(request)]


def small_maps_of(found: Sequence[Measured], cards: Sequence[Shown]) -> SmallMaps:
    """Maps of some images, in every model that has answered them."""
    questions = []
    for one in found:
        predictions = dict(zip(one.positions.tolist(), one.ints("prediction").tolist(), strict=True))
        questions += [
            _Question(one, card, predictions[card.place]) for card in cards if card.place in predictions
        ]
    return SmallMaps(questions)


def _view_of(order: Order[V]) -> V | None:
    """What a finished order has; None while it runs.

    Raises:
        VitrineError: it failed.
    """
    job = live_job(order)
    if job is None or not job.finished:
        return None
    if job.error is not None:
        raise job.error
    return job.view


def _answer_of(order: PredictOrder) -> Prediction | None:
    view = _view_of(order)
    return None if view is None else view.result()


def _request(question: _Question, prediction: Prediction) -> MapRequest:
    """Grad-CAM of the model's best layer.

    Raises:
        ModelError: it does not fit the model.
    """
    method = get_method(METHOD)
    reason = prediction.why_not(method)
    if reason:
        raise ModelError(reason)
    params: Any = method.params()
    params = replace(params, layer=best_layer(prediction))
    return MapRequest(question.ref, method, params, prediction, question.picture, question.classes)


def _title(question: _Question, place: int, several: bool) -> str:
    name = question.found.facts.labels[place]
    text = _("{name}, predicted") if place == question.prediction else _("{name}, true")
    model = f"{question.found.title}: " if several else ""
    return model + text.format(name=name)


def _drawn(question: _Question, place: int, explanation: Explanation) -> bytes:
    picture = question.picture
    return _overlay(f"{question.found.facts.fingerprint}-{picture.sha256}-{place}", explanation, picture)


@in_session(256)
def _overlay(key: str, _explanation: Explanation, _picture: Picture) -> bytes:
    """The file content of a JPEG of a map; the key says of what."""
    image = Image.fromarray(_picture.pixels)
    scale = DRAWN_PX / max(image.size)
    way = Image.Resampling.NEAREST if scale > FINE else Image.Resampling.LANCZOS
    image = image.resize((round(image.width * scale), round(image.height * scale)), way)
    laid = overlay_explanation(np.asarray(image), _explanation, scale_for(_explanation), Look())
    return jpeg_bytes(Image.fromarray(laid))
