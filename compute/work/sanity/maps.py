"""Task of the randomisation test: the maps of some methods for one network.

They are computed by the very orders that a page would start, on a reference to the network, so nothing of the
trained one is left in them: the network is built, changed and traced anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from inspect import unwrap
from typing import Any

from compute.work.contract import Part
from compute.work.gradient import GradientOrder
from compute.work.maps import MapOrder, MapRequest
from compute.work.perturbation import PerturbationOrder
from compute.work.predict import Prediction
from compute.work.sanity.asking import TRAINED, AskedMethod, SanitySpec
from compute.work.sanity.sheet import MapsOfMethods
from compute.work.summed import SummedOrder
from compute.worker.tasks import guarded, leave_if_unwanted
from compute.worker.workbench import workbench
from engine.arrays import Floats
from engine.images.picture import Picture
from engine.model import SPACES, LoadedModel
from engine.perturbation.run import fit_picture
from engine.target_sets import TargetSet
from model_store.base.randomised import Randomised
from model_store.catalogue import ModelRef

PASSES: dict[str, type[MapOrder[Any]]] = {
    order.kind: order for order in (PerturbationOrder, GradientOrder, SummedOrder)
}
"""The kinds of work that maps are read from; the table of all kinds has the test itself, too."""
SECONDS_PER_RUN = 0.02
"""Only says how passes are cut into parts; measuring it for each network would take longer than they do."""


@guarded
def maps_of_network(part: Part, asked: SanitySpec, targets: TargetSet, picture: Picture) -> MapsOfMethods:
    """The map of each method for the network that a part names: its depth and seed."""
    random = None if part == TRAINED else Randomised(*part)
    ref = replace(asked.ref, randomised=random)
    prediction = answer_about(workbench().model(ref), targets, picture)
    found = dict[str, Floats]()
    for one in asked.asked:
        leave_if_unwanted()
        found[one.key] = _answer(request_of(replace(asked, ref=ref), one, prediction, picture))
    return found


def answer_about(model: LoadedModel, targets: TargetSet, picture: Picture) -> Prediction:
    """What a network answers about targets that the trained one has found."""
    input_hw = model.input_size_hw(picture.size_hw)
    image = fit_picture(picture, input_hw)
    outputs = {space: model.score_batch(image[None], space) for space in SPACES}
    answer = outputs["probability"][0]
    scorer = workbench().scorer(targets)
    return Prediction(
        facts=model.facts,
        picture_sha256=picture.sha256,
        input_hw=input_hw,
        output_shape=targets.output_shape,
        zones=targets.zones,
        confidence=answer.max(axis=-1) if answer.ndim == 3 else None,
        class_scores=answer.mean(axis=(0, 1)) if answer.ndim == 3 else answer,
        base={space: scorer.score(output)[0] for space, output in outputs.items()},
        seconds_per_run=SECONDS_PER_RUN,
        target_layers=model.target_layers,
        traits=model.traits,
        backend=model.backend,
        regions=targets.regions,
    )


def passes_of(request: MapRequest) -> Sequence[MapOrder[Any]]:
    """The orders that answer a request.

    Raises:
        VitrineError: the method, its layer or the target does not fit.
    """
    return PASSES[request.method.work].of(request)


def request_of(asked: SanitySpec, one: AskedMethod, prediction: Prediction, picture: Picture) -> MapRequest:
    """The request for the map of one method."""
    ref: ModelRef = asked.ref
    return MapRequest(ref, one.about, one.params, prediction, picture, (asked.wanted,))


def _answer(request: MapRequest) -> Floats:
    """The map of a request, computed here and now."""
    (order,) = passes_of(request)
    sheet: Any = order.sheet()
    for part in sheet.missing():
        sheet.add(part, unwrap(order.run)(part, asked=order.asked, **order.shared))
    ((_, explanation),) = order.view(sheet).maps(request)
    return explanation.values
