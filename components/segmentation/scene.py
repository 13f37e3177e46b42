"""One image of a data set with its mask, and the masks that models give it."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components.data.measured import Measured
from components.jobs.orders import give_up, keep_only, live_job
from components.session.cache import in_session
from components.session.guard import attempt, say
from components.session.offers.data_sets import data_image, data_set, item_of
from components.session.waiting import soon, wait_for
from components.words.i18n import _
from compute.measure.matching import mask_table
from compute.work.single.answer_mask import AnswerMaskOrder, AnswerMaskSpec
from data_store.base.words import Item
from data_store.images import read_mask
from engine.arrays import AnyInts, Bytes
from engine.errors import VitrineError
from engine.images.picture import Picture
from model_store.catalogue import ModelRef, as_seen

POLL_SECONDS = 0.4
KEPT_MASKS = 16


@dataclass(frozen=True, eq=False)
class MaskScene:
    """An image with the truth and what models make of it.

    Attributes:
        found: the answers of the models on the whole data set.
        item: of the data set.
        picture: the image.
        truth: uint8 (H, W), classes of the models, 255 where nothing is counted.
        answers: class ids (H, W) of each model.
    """

    found: Sequence[Measured]
    item: Item
    picture: Picture
    truth: Bytes
    answers: Sequence[AnyInts]

    @property
    def refs(self) -> tuple[ModelRef, ...]:
        """The models."""
        return tuple(one.view.order.spec.measure.ref for one in self.found)

    @property
    def titles(self) -> tuple[str, ...]:
        """Names of the models."""
        return tuple(one.title for one in self.found)

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in the language of the page."""
        return tuple(_(name) for name in self.found[0].facts.labels)

    @property
    def key(self) -> str:
        """Equal ones show the same."""
        return f"{self.found[0].view.order.data.digest[:16]}-{self.item.id}"

    def seen(self, number: int) -> Picture:
        """The image as a model sees it."""
        return as_seen(self.refs[number], self.picture)


def mask_scene_of(found: Sequence[Measured], place: int) -> MaskScene | None:
    """The scene of an item; None while masks are computed, and then the page says so."""
    order, item = found[0].view.order, found[0].items[place]
    truth = attempt(_truth, order.data.key, item.id, found[0].facts.labels)
    picture = attempt(data_image, order.data.key, item.id)
    for one in (truth, picture):
        if isinstance(one, VitrineError):
            say(one)
            return None
    assert not isinstance(truth, VitrineError) and not isinstance(picture, VitrineError)
    answers = _answers([one.view.order.spec.measure.ref for one in found], picture, truth)
    return None if answers is None else MaskScene(found, item, picture, truth, answers)


@in_session(KEPT_MASKS)
def _truth(key: str, name: str, labels: tuple[str, ...]) -> Bytes:
    data = data_set(key)
    found: Bytes = mask_table(data, None, labels)[read_mask(data, item_of(data, name))]
    return found


def _answers(refs: Sequence[ModelRef], picture: Picture, truth: Bytes) -> list[AnyInts] | None:
    height, width = truth.shape
    orders = [AnswerMaskOrder(AnswerMaskSpec(ref, (height, width)), as_seen(ref, picture)) for ref in refs]
    keep_only(orders, AnswerMaskOrder.kind)
    jobs = [job for order in orders if (job := live_job(order)) is not None]
    if len(jobs) < len(orders) or not soon(*jobs):
        wait_for(lambda: len(jobs) == len(orders) and all(job.finished for job in jobs), _show_waiting)
        return None
    for job in jobs:
        if job.error is not None:
            say(job.error)
            st.button(_("Try again"), on_click=give_up, args=(job.order,), key=f"again-{job.order.spec.ref}")
            return None
    answers = [job.view.result() for job in jobs]
    return [answer for answer in answers if answer is not None]


def _show_waiting() -> None:
    st.skeleton(height=300)
    st.status(_("Computing the masks ..."))
