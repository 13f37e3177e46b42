"""What drives a wrong region: a Sobol map in each model, from one pass for all listed regions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from components.explain.preview_chip import show_warnings
from components.grades.judge import map_judge
from components.jobs.job_view import POLL_SECONDS, ending_text, progress_text
from components.jobs.orders import cost_text, give_up, go_on, keep_maps_only, keep_only, live_job, start, stop
from components.maps.reading import show_reading
from components.pieces.map_view import MapScene, map_view
from components.segmentation.regions import ChosenRegion, region_target
from components.segmentation.scene import MaskScene
from components.session.choice import Choice, current_choice
from components.session.guard import attempt, say
from components.session.waiting import show_growing, soon, wait_for
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.scheduling.subscription import Subscription
from compute.work.kinds import orders_of
from compute.work.maps import MapOrder, MapRequest, MapView
from compute.work.predict import Prediction, PredictOrder
from engine.errors import VitrineError
from engine.evaluation.mistakes import WrongRegions
from engine.methods import get_method
from engine.targets import Target

METHOD = "sobol"
SPACE = "logit"
"""In logits the target is linear, and no softmax mixes in the other classes."""


@dataclass(frozen=True, eq=False)
class RegionPass:
    """A pass of one model that answers for the region, among others.

    Attributes:
        title: name of the model.
        order: of the pass.
        wanted: index of the region's target.
    """

    title: str
    order: MapOrder[Any]
    wanted: int


def show_causes(scene: MaskScene, regions: Sequence[WrongRegions], chosen: ChosenRegion) -> None:
    """Maps of the chosen region in all models, as they sharpen."""
    st.subheader(_("What drives this region"), anchor=False)
    if chosen.region is None:
        keep_maps_only([])
        text = _("Select a wrong region: a map then shows which parts of the image drive it, in each model.")
        st.info(text)
        return
    names = scene.classes
    text = _("Score: mean logit of **{prediction}** less that of **{truth}**, over the pixels of the region.")
    predicted, true = names[chosen.region.predicted], names[chosen.region.true]
    st.markdown(text.format(prediction=as_text(predicted), truth=as_text(true)))
    passes = _passes(scene, regions, _number(regions, chosen))
    if passes is not None:
        keep_maps_only([one.order for one in passes])
        mask = regions[chosen.model].mask(chosen.region.number)
        for place, (column, one) in enumerate(zip(st.columns(2, gap="medium"), passes, strict=False)):
            with column:
                _show_pass(one, MapPlace(place, scene, mask))


@dataclass(frozen=True, eq=False)
class MapPlace:
    """Where a map is drawn: number of the model, the scene, and the mask bool (H, W) of the region."""

    number: int
    scene: MaskScene
    mask: Any


def _number(regions: Sequence[WrongRegions], chosen: ChosenRegion) -> int:
    """Place of the chosen region among those of all models."""
    assert chosen.region is not None
    before = sum(len(one.regions) for one in regions[: chosen.model])
    return before + chosen.region.number - 1


def _passes(scene: MaskScene, regions: Sequence[WrongRegions], number: int) -> list[RegionPass] | None:
    """A pass of each model; None while a model looks at the image, and then the page says so."""
    targets: tuple[Target, ...] = tuple(
        region_target(scene, one, region) for one in regions for region in one.regions
    )
    orders = [PredictOrder(ref, scene.seen(place), targets) for place, ref in enumerate(scene.refs)]
    keep_only([*orders, *_of_the_bar()], PredictOrder.kind)
    jobs = [job for order in orders if (job := live_job(order)) is not None]
    if len(jobs) < len(orders) or not soon(*jobs):
        ready = len(jobs) == len(orders)
        wait_for(lambda: ready and all(job.finished for job in jobs), lambda: st.skeleton(height=260))
        return None
    found = []
    for place, job in enumerate(jobs):
        prediction = job.view.result()
        if prediction is None:
            _say_failed(job)
            continue
        one = attempt(_pass, scene, place, prediction, number)
        if isinstance(one, VitrineError):
            say(one)
        else:
            found.append(one)
    return found


def _of_the_bar() -> list[PredictOrder]:
    """The prediction of the image in the bar on top, which other pages look at."""
    choice = current_choice()
    return [] if choice.picture is None else [PredictOrder(choice.ref, choice.picture)]


def _say_failed(job: Subscription[Any]) -> None:
    if job.error is not None:
        say(job.error)
    st.button(_("Try again"), on_click=give_up, args=(job.order,), key=f"predict-{job.order.spec}")


def _pass(scene: MaskScene, place: int, prediction: Prediction, number: int) -> RegionPass:
    method = get_method(METHOD)
    params: Any = replace(method.params(), **{"space": SPACE})
    wanted = prediction.targets.region(number)
    request = MapRequest(scene.refs[place], method, params, prediction, scene.seen(place), (wanted,))
    return RegionPass(scene.titles[place], orders_of(request)[0], wanted)


def _show_pass(one: RegionPass, place: MapPlace) -> None:
    st.markdown(f"**{as_text(one.title)}**")
    job: Subscription[MapView[Any, Any]] | None = live_job(one.order)
    if job is None:
        text = _("One pass answers for all regions of this image: {cost}.")
        st.caption(text.format(cost=cost_text(one.order.price)))
        key = f"start-region-{place.number}"
        st.button(_("Start"), type="primary", key=key, on_click=start, args=(one.order,))
        return
    found = job
    show_growing(lambda: found.finished, lambda: _show_map(one, found, place), POLL_SECONDS)


def _show_map(one: RegionPass, job: Subscription[MapView[Any, Any]], place: MapPlace) -> None:
    if job.error is not None:
        say(job.error)
    explanation = job.view.explain(one.wanted)
    if job.state != "done" and explanation is not None and job.view.enough([one.wanted]):
        job.cancel()
    _show_state(one, job, place.number)
    if explanation is None:
        if not job.finished:
            st.skeleton(height=260)
        return
    seen = place.scene.seen(place.number)
    map_view(MapScene(explanation, seen, (place.mask,)), f"drives{place.number}")
    score = numbers.decimal(explanation.score, 2)
    st.caption(_("Score on the original image: {score}.").format(score=score))
    if job.finished:
        choice = Choice(one.order.spec.ref, seen, own=False, credit="")
        judge = map_judge(choice, one.order.prediction, one.wanted, own=job)
        explanation = judge.alarmed(explanation)
        with st.container(horizontal=True):
            judge.show(explanation, f"-region-{place.number}")
        show_warnings(explanation)
        show_reading(explanation)


def _show_state(one: RegionPass, job: Subscription[MapView[Any, Any]], number: int) -> None:
    """How far it is, with what can be done about it."""
    if job.state == "done":
        return
    if job.state == "cancelled" and job.view.enough([one.wanted]):
        st.caption(ending_text(job.order.spec.params))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(progress_text(job.progress()), width="stretch")
        if job.finished:
            st.button(_("Resume"), key=f"resume-region-{number}", on_click=go_on, args=(one.order,))
        else:
            st.button(_("Stop"), key=f"stop-region-{number}", on_click=stop, args=(one.order,))
