"""What concepts look for: images drawn so that a layer answers in a concept's direction."""

import streamlit as st

from components.concepts.found import ConceptsFound
from components.inside.filter_waiting import show_progress
from components.jobs.orders import cost_text, give_up, keep_only, known_job, start
from components.session.guard import say
from components.session.waiting import wait_for
from components.words.i18n import _
from compute.work.filters import FilterOrder, FilterSpec
from compute.work.predict import Prediction
from engine.arrays import Pixels
from engine.filters import FilterParams

POLL_SECONDS = 1.0


def concept_looks(found: ConceptsFound, prediction: Prediction) -> dict[int, Pixels]:
    """The drawn images by concept, uint8 (H, W, 3); none before somebody asks, and then the page offers them.

    Args:
        found: the concepts.
        prediction: of their model.
    """
    order = look_order(found, prediction)
    keep_only([order], FilterOrder.kind)
    job = known_job(order)
    if job is None:
        with st.container(horizontal=True, vertical_alignment="center", key="concept-looks"):
            st.button(
                _("Draw what the concepts look for"), key="draw-concepts", on_click=start, args=(order,)
            )
            st.caption(cost_text(order.price))
        return {}
    if job.error is not None:
        say(job.error)
        st.button(_("Try again"), on_click=give_up, args=(order,), key="draw-concepts-again")
        return {}
    if not job.finished:
        wait_for(lambda: job.finished, lambda: show_progress(job), POLL_SECONDS)
    return {number: drawing.pixels for number, drawing in job.view.drawings().items()}


def look_order(found: ConceptsFound, prediction: Prediction) -> FilterOrder:
    """The order of the images of all concepts."""
    vectors = found.book.basis.vectors.tolist()
    directions = tuple(tuple(vector) for vector in vectors)
    spec = FilterSpec(
        found.choice.refs[0], found.question.layer, tuple(range(len(vectors))), FilterParams(), directions
    )
    return FilterOrder(spec, prediction)
