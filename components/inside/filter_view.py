"""View of filters: the sheet while it is drawn and afterwards, one filter closely, and how to read it."""

from dataclasses import replace
from datetime import date

import streamlit as st

from components.inside.filter_choice import FilterChoice
from components.inside.filter_detail import choose_filter, show_one
from components.inside.filter_sheet import FilterGallery, show_sheet
from components.inside.filter_waiting import FilterJob, model_at_work, show_progress
from components.jobs.filter_orders import filters_of, leave_filters, leave_peaks, offer_drawing, peaks_of
from components.jobs.finished import finished_job, finished_layer
from components.jobs.job_view import POLL_SECONDS
from components.jobs.orders import give_up
from components.session.choice import Choice
from components.session.guard import say
from components.session.waiting import wait_for
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.shipped.drawings import LayerDrawings
from compute.work.filters import FilterOrder, FilterSpec
from compute.work.predict import KnownModel
from engine.filters import OUTPUT, SOURCES
from engine.visualise.patches import best_patches


def show_filters(choice: Choice, model: KnownModel, chosen: FilterChoice) -> None:
    """Show what is chosen at once if it came with Vitrine; otherwise order it, and show it as it is drawn."""
    if not chosen.channels:
        leave_peaks()
        return
    order = FilterOrder(FilterSpec(choice.ref, chosen.layer, chosen.channels, chosen.params), model)
    job, layer = finished_job(order), finished_layer(order)
    if job is not None and layer is not None:
        _show_shipped(choice, job, layer)
    else:
        _show_drawn(choice, order)
    _show_reading()


def _show_shipped(choice: Choice, job: FilterJob, layer: LayerDrawings) -> None:
    """The finished sheet; patches of the person's own image are looked for beside it."""
    leave_filters()

    def ended() -> bool:
        return peaks_of(choice, job.view.order)[1]

    if ended():
        _show_making(layer)
    else:
        wait_for(ended, lambda: _show_making(layer, _("Looking for patches in your image ...")), POLL_SECONDS)
    _show(choice, job)


def _show_making(layer: LayerDrawings, more: str = "") -> None:
    """When and on what the images were drawn that came with Vitrine."""
    text = _("Comes with Vitrine: drawn on {day} ({machine}). Other settings are drawn live.")
    day = numbers.day(date.fromisoformat(layer.made.day))
    made = text.format(day=day, machine=layer.made.machine)
    st.caption(f"{made} {more}".strip())


def _show_drawn(choice: Choice, order: FilterOrder) -> None:
    """The sheet of a model at work."""
    prediction = model_at_work(choice)
    if prediction is None:
        return
    order = replace(order, model=prediction)
    job = filters_of(order)
    if job is None:
        leave_peaks()
        offer_drawing(order)
    elif job.error is not None:
        say(job.error)
        st.button(_("Try again"), on_click=give_up, args=(order,), key="draw-again")
    elif job.finished and peaks_of(choice, order)[1]:
        _show(choice, job)
    else:
        _follow(choice, job)


def _follow(choice: Choice, job: FilterJob) -> None:
    """The images as they develop; the page runs again when nothing more will come."""

    def ended() -> bool:
        return job.error is not None or (job.finished and peaks_of(choice, job.view.order)[1])

    def show() -> None:
        show_progress(job)
        show_sheet(_sheet(choice, job))

    wait_for(ended, show, POLL_SECONDS)


def _show(choice: Choice, job: FilterJob) -> None:
    sheet, order = _sheet(choice, job), job.view.order
    if not job.view.sheet.complete:
        text = _("Stopped at step {step} of {steps}.").format(
            step=job.view.sheet.steps, steps=order.spec.params.steps
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
    show_one(sheet, channel, f"{order.facts.key}-{order.layer}")


def _sheet(choice: Choice, job: FilterJob) -> FilterGallery:
    drawings, order = job.view.drawings(), job.view.order
    found = peaks_of(choice, order)[0] if job.finished else []
    titles = {channel: _title(order, channel) for channel in order.spec.channels}
    return FilterGallery(drawings, titles, {channel: best_patches(found, channel) for channel in drawings})


def _title(order: FilterOrder, channel: int) -> str:
    return _(order.facts.labels[channel]) if order.layer == OUTPUT else str(channel)


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
