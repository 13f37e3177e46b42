"""View of a map as it sharpens, with all that is needed to read it."""

from datetime import date
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.ask.question import ZoneQuestion, question_title, scene_of
from components.explain.downloads import offer_downloads
from components.explain.map_details import show_large
from components.explain.preview_chip import show_chip, show_warnings
from components.explain.sentence import MOVING, summary
from components.grades.card import FinishedMap
from components.grades.judge import MapJudge, map_judge
from components.grades.on_demand import kept_grading
from components.jobs.job_view import POLL_SECONDS, ending_text, show_head
from components.jobs.orders import cost_text, give_up, job_of, keep_maps_only, offer_start, stop
from components.jobs.predictions import live_order
from components.maps.part_chart import show_part_chart
from components.maps.reading import show_reading
from components.pieces.map_view import MapScene, map_display, map_view
from components.session.choice import Choice
from components.session.guard import say
from components.session.keys import EMPTY, MAP
from components.session.waiting import show_growing
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.scheduling.subscription import Subscription
from compute.work.maps import MapOrder, MapView
from compute.work.predict import Prediction
from engine.explanation import Explanation
from engine.methods import get_method
from engine.phrase import later

STEADY = 0.8
LATER = later("Convergence is not known yet.")
NEVER = later("This method does not measure convergence.")


def show_explanation(choice: Choice, order: MapOrder[Any], question: ZoneQuestion) -> FinishedMap | None:
    """Answer a question: start the pass if that is still to be done, and show the map that there is.

    Returns:
        The map once nothing more comes to it.
    """
    zones = order.prediction.zones
    keep_maps_only([order, *kept_grading()])
    if question.zone is None or zones is None:
        with st.container(key=EMPTY):
            _invite(order)
        return None
    if question.target is not None:
        answered = live_order(choice, order)
        job = None if answered is None else job_of(answered)
        if job is not None:
            _watch(choice, job, question)
            return _finished(choice, job, question)
        if answered is None:
            return None
    st.subheader(as_text(question_title(question, zones)), anchor=False)
    if question.reason:
        st.container(key=EMPTY).info(as_text(question.reason))
    else:
        offer_start(order)
    return None


def _invite(order: MapOrder[Any]) -> None:
    st.subheader(_("Your map appears here"), anchor=False)
    st.markdown(
        _("It shows which parts of the image the model's answer depends on, for your zone or its boundary.")
    )
    st.markdown(
        _("One pass answers for every zone and boundary of this image: **{cost}** on this machine.").format(
            cost=cost_text(order.price)
        )
    )
    st.caption(_("Keyboard: Tab to the image, arrow keys to move, Enter to select, Escape to clear."))


def _watch(choice: Choice, job: Subscription[MapView[Any, Any]], question: ZoneQuestion) -> None:
    """The part of the page that runs again while the job does."""

    def show() -> None:
        zones = scene_of(choice, job.view.order.prediction).zones
        row = show_head(job, question_title(question, zones), partial(stop, job.order))
        _show_outcome(choice, job, question, row)

    show_growing(lambda: job.finished, show, POLL_SECONDS)


def _finished(
    choice: Choice, job: Subscription[MapView[Any, Any]], question: ZoneQuestion
) -> FinishedMap | None:
    explanation = job.view.explain(question.target) if job.finished and question.target is not None else None
    if explanation is None or question.target is None:
        return None
    prediction, wanted = job.view.order.prediction, question.target
    explanation = map_judge(choice, prediction, wanted, own=job).alarmed(explanation)
    return FinishedMap(choice, prediction, wanted, explanation)


def _show_outcome(
    choice: Choice, job: Subscription[MapView[Any, Any]], question: ZoneQuestion, row: DeltaGenerator
) -> None:
    if job.error is not None:
        say(job.error)
    drawn, wanted = scene_of(choice, job.view.order.prediction), question.target
    targets = [] if wanted is None else [wanted]
    explanation = None if wanted is None else job.view.explain(wanted)
    if job.state != "done" and explanation is not None and job.view.enough(targets):
        job.cancel()
        st.caption(ending_text(job.order.spec.params))
    elif job.state in ("failed", "cancelled"):
        label = _("Start over") if job.error else _("Resume")
        st.button(label, on_click=_again, args=(job.order,), key="again")
    if explanation is None or wanted is None:
        if not job.finished:
            st.skeleton(height=260)
            st.caption(_("The first map appears after the first few model evaluations."))
        return
    share = 1.0 if job.finished else job.progress().share
    judge = MapJudge(choice.ref, wanted)  # maps that grow are not judged
    if job.finished:
        judge = map_judge(choice, job.view.order.prediction, wanted, own=job)
        explanation = judge.alarmed(explanation)
    with row:
        show_chip(explanation, share)
        judge.show(explanation)
    masks = tuple(
        drawn.zones.labels == index for index in (question.zone, question.other) if index is not None
    )
    told = summary(explanation, question, drawn.zones)
    if told:
        st.markdown(told)
    _show_map(MapScene(explanation, drawn.picture, masks), question_title(question, drawn.zones), share == 1)
    show_making(job.view.order.prediction)


def _again(order: MapOrder[Any]) -> None:
    """Leave what ended, so that the page orders it anew."""
    give_up(order)
    st.rerun()


def _show_map(scene: MapScene, title: str, final: bool) -> None:
    explanation = scene.explanation
    if explanation.parts is not None:
        show_large(scene, title)
        show_part_chart(explanation)
        show_reading(explanation)
        return
    map_view(scene, MAP)
    if final:
        show_warnings(explanation)
    st.markdown(confidence_text(explanation))
    offer_downloads(scene, map_display(MAP), title)
    show_reading(explanation)


def show_making(prediction: Prediction) -> None:
    """When and on what something was computed that came with Vitrine."""
    made = prediction.made
    if made is not None:
        text = _("Shipped with Vitrine: computed on {day} with {backend} ({machine}).")
        day = numbers.day(date.fromisoformat(made.day))
        st.caption(text.format(day=day, backend=prediction.backend.name, machine=made.machine))


def confidence_text(explanation: Explanation) -> str:
    """How steady the map is, in words and as a number."""
    score = _("Score on the original image: **{score}**.").format(score=numbers.decimal(explanation.score, 3))
    agreement = get_method(explanation.method).agreement
    if explanation.stability is None:
        return f"{score} {_(LATER if agreement else NEVER)}"
    value = explanation.stability
    word = (
        _("converged") if value >= STEADY else _("converging") if value >= MOVING else _("not converged yet")
    )
    text = _("{agreement}: **{value}**, {word}.").format(
        agreement=_(agreement), value=numbers.probability(value), word=word
    )
    return f"{score} {text}"
