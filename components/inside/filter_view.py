"""View of filters: the sheet while it is drawn and afterwards, one filter closely, and how to read it."""

import streamlit as st

from components.inside.filter_choice import FilterChoice
from components.inside.filter_detail import choose_filter, show_one
from components.inside.filter_sheet import FilterGallery, show_sheet
from components.jobs.filter_orders import filters_of, leave_peaks, offer_drawing, peaks_of
from components.jobs.job_view import POLL_SECONDS
from components.jobs.orders import give_up
from components.session.choice import Choice
from components.session.guard import say
from components.session.waiting import wait_for
from components.words.i18n import _
from components.words.plain import as_text
from compute.scheduling.subscription import Subscription
from compute.work.filters import FilterOrder, FilterSpec, FilterView
from compute.work.predict import Prediction
from engine.filters import OUTPUT, SOURCES
from engine.visualise.patches import best_patches

FilterJob = Subscription[FilterView]


def show_filters(choice: Choice, prediction: Prediction, chosen: FilterChoice) -> None:
    """Order what is chosen, and show it as far as it is drawn."""
    if not chosen.channels:
        leave_peaks()
        return
    order = FilterOrder(FilterSpec(choice.ref, chosen.layer, chosen.channels, chosen.params), prediction)
    job = filters_of(order)
    if job is None:
        leave_peaks()
        offer_drawing(order)
    elif job.error is not None:
        say(job.error)
        st.button(_("Try again"), on_click=give_up, args=(order,), key="draw-again")
    elif job.finished and peaks_of(choice, order.layer)[1]:
        _show(choice, prediction, job)
    else:
        _follow(choice, prediction, job)
    _show_reading()


def _follow(choice: Choice, prediction: Prediction, job: FilterJob) -> None:
    """The pictures as they develop; the page runs again when nothing more will come."""

    def ended() -> bool:
        return job.error is not None or (job.finished and peaks_of(choice, job.view.order.layer)[1])

    def show() -> None:
        _show_progress(job)
        show_sheet(_sheet(choice, prediction, job))

    wait_for(ended, show, POLL_SECONDS)


def _show_progress(job: FilterJob) -> None:
    steps = job.order.spec.params.steps
    if job.finished:
        st.progress(1.0, text=_("Looking for the patches that activate them most ..."))
        return
    text = (
        _("Step {step} of {steps}")
        if job.view.drawings()
        else _("Waiting in the queue; the model is loaded first ...")
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.view.sheet.share, text=text.format(step=job.view.sheet.steps, steps=steps))
        st.button(_("Stop"), key="stop-drawing", on_click=job.cancel)


def _show(choice: Choice, prediction: Prediction, job: FilterJob) -> None:
    sheet = _sheet(choice, prediction, job)
    if not job.view.sheet.complete:
        text = _("Stopped at step {step} of {steps}.").format(
            step=job.view.sheet.steps, steps=job.order.spec.params.steps
        )
        st.markdown(text)
        st.button(_("Start over"), on_click=give_up, args=(job.order,), key="draw-on")
    if not sheet.drawings:
        return
    show_sheet(sheet)
    silent = [sheet.titles[channel] for channel, drawing in sheet.drawings.items() if drawing.silent]
    if silent:
        st.warning(
            _("These responded no more than to noise, so their visualizations mean nothing: {names}.").format(
                names=as_text(", ".join(silent))
            )
        )
    channel = choose_filter(sheet)
    show_one(sheet, channel, f"{prediction.facts.key}-{job.view.order.layer}")


def _sheet(choice: Choice, prediction: Prediction, job: FilterJob) -> FilterGallery:
    drawings, order = job.view.drawings(), job.view.order
    found = peaks_of(choice, order.layer)[0] if job.finished else []
    titles = {channel: _title(order, prediction, channel) for channel in order.spec.channels}
    return FilterGallery(drawings, titles, {channel: best_patches(found, channel) for channel in drawings})


def _title(order: FilterOrder, prediction: Prediction, channel: int) -> str:
    return _(prediction.facts.labels[channel]) if order.layer == OUTPUT else str(channel)


def _show_reading() -> None:
    with st.expander(_("How to read this")):
        st.markdown(
            _(
                "Each visualization starts as grey noise and is optimised step by step to make one "
                "channel respond more. It shows what the filter responds to: a line, a texture, a "
                "part of an object. The figure is the mean of the channel over the image, and its "
                "ratio to that of the noise. The patches show where the channel responds most in "
                "the available images, at most one per image."
            )
        )
        st.markdown(
            _(
                "A filter may respond to several things; its visualization shows one of them, and "
                "another seed may show another. Figures of different channels have different "
                "units: do not compare them. The patches come from few images: others may activate "
                "the channel more."
            )
        )
        st.caption(" · ".join(f"[{title}]({url})" for title, url in SOURCES.items()))
