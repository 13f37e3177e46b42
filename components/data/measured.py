"""Answers of a model on a data set: ordered, followed while they come in, and read as columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import streamlit as st

from components.data.choice import DataChoice, measure_of
from components.jobs.orders import go_on, keep_measures_of, known_job, live_job, start, stop
from components.jobs.queues import is_private
from components.session.guard import say
from components.session.resources import job_queue
from components.session.uploads.uploaded_sets import uploaded_sets
from components.session.waiting import soon, wait_for
from components.words import numbers
from components.words.i18n import _, plural
from components.words.plain import as_text
from compute.measure.checks import CheckOrder
from compute.measure.measure import POSITION, Measure
from compute.scheduling.subscription import Subscription
from compute.work.contract import Order, Progress, View
from compute.work.measure import MeasureOrder, MeasureSpec, MeasureView
from data_store.base.words import Item
from engine.arrays import AnyInts, Floats
from engine.model import ModelFacts
from model_store.catalogue import entry_of

if TYPE_CHECKING:
    import pyarrow as pa

V = TypeVar("V", bound=View[Any, Any])
POLL_SECONDS = 1.0
AT_ONCE = 5000
"""So many images are measured without being asked; more wait for a click."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What a model answered on the images of a data set.

    Attributes:
        view: of the finished order.
        table: its rows, those without an answer, too.
    """

    view: MeasureView
    table: "pa.Table"

    @property
    def facts(self) -> ModelFacts:
        """Of the model."""
        return self.view.order.facts

    @property
    def title(self) -> str:
        """Name of the model."""
        return _(entry_of(self.view.order.spec.measure.ref).title)

    @property
    def items(self) -> Sequence[Item]:
        """Of the data set, or of its part; rows have their places."""
        return self.view.order.items

    @cached_property
    def answered(self) -> "pa.Table":
        """Rows with an answer."""
        return self.table.filter(self.table["error"].is_null())

    @cached_property
    def positions(self) -> AnyInts:
        """Places of the items with an answer, (N,)."""
        return np.asarray(self.answered[POSITION].to_numpy(), np.int64)

    def ints(self, column: str) -> AnyInts:
        """A column of whole numbers, (N,)."""
        return np.asarray(self.answered[column].to_numpy(), np.int64)

    def floats(self, column: str) -> Floats:
        """A column of numbers, (N,)."""
        return np.asarray(self.answered[column].to_numpy(), np.float32)


def orders_of_choice(choice: DataChoice) -> list[MeasureOrder]:
    """One order for each model."""
    return [measure_order(measure_of(ref), choice) for ref in choice.refs]


def measure_order(measure: Measure, choice: DataChoice) -> MeasureOrder:
    """The order of a question about the chosen part of a data set; in private mode the rows of what was
    uploaded stay beside it.
    """
    private = choice.data.uploaded and is_private()
    folder = uploaded_sets().of(choice.data.key).tables if private else None
    return MeasureOrder(MeasureSpec(measure, choice.split), choice.data, folder)


def measured(choice: DataChoice) -> list[Measured] | None:
    """The answers of all models; None while some are missing, and then the page shows how far they are."""
    views = measures_of(choice, orders_of_choice(choice))
    return None if views is None else [Measured(view, view.table()) for view in views]


def measures_of(choice: DataChoice, orders: Sequence[MeasureOrder]) -> list[MeasureView] | None:
    """Tables of a data set; None while some are missing. Of a large set they wait for a click."""
    keep_measures_of(choice.data.digest)
    if len(choice.data.items) > AT_ONCE and any(known_job(order) is None for order in orders):
        offer_measures(orders)
        return None
    return answers_of(orders)


def answers_of(orders: Sequence[Order[V]]) -> list[V] | None:
    """What there is of some orders that are done; None before, and then the page shows how far they are."""
    jobs = [job for order in orders if (job := live_job(order)) is not None]
    if len(jobs) < len(orders):
        wait_for(lambda: job_queue() is not None, lambda: st.status(_("Starting the computing service ...")))
        return None
    if not soon(*jobs):
        wait_for(lambda: all(job.finished for job in jobs), lambda: _show_progress(jobs), POLL_SECONDS)
        return None
    if any(job.error is not None or job.state == "cancelled" for job in jobs):
        _show_ended(jobs)
        return None
    return [job.view for job in jobs]


def offer_measures(orders: Sequence[MeasureOrder]) -> None:
    """Say how many images a model is asked about, and let the person start it."""
    count = sum(order.price.runs for order in orders)
    text = _("This asks the model about {count} images. You can stop it and go on later; nothing is lost.")
    st.info(text.format(count=numbers.count(count)))
    st.button(_("Start"), type="primary", key="measure-start", on_click=_start, args=(orders,))


def _start(orders: Sequence[MeasureOrder]) -> None:
    for order in orders:
        start(order)


def _show_progress(jobs: Sequence[Subscription[Any]]) -> None:
    for job in jobs:
        progress, order = job.progress(), job.view.order
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(
                progress.share,
                text=_("{title}: {progress}").format(title=_title(order), progress=_text(progress)),
            )
            st.button(_("Stop"), key=f"stop-{_title(order)}", on_click=stop, args=(order,))


def _title(order: Order[Any]) -> str:
    """Whose answers are waited for."""
    if isinstance(order, MeasureOrder) and not order.spec.measure.asks_model:
        return _("Looking at the images")
    if isinstance(order, MeasureOrder):
        return as_text(_(entry_of(order.spec.measure.ref).title))
    titles = {
        "strategies": _("Strategies"),
        "concepts": _("Concepts"),
        "tcav": _("Concepts"),
        "image-concepts": _("Your image"),
        "groups": _("Groups"),
        "own-features": _("Your image"),
        "prototypes": _("Prototypes"),
        CheckOrder.kind: _("Comparing images"),
    }
    return titles.get(order.kind, _("Layout"))


def _text(progress: Progress) -> str:
    """How far it is, how fast, and how long it still takes."""
    done = _("{done} of {total} images").format(
        done=numbers.count(progress.done_runs), total=numbers.count(progress.total_runs)
    )
    if progress.total_runs == 1:
        return _("computing ...")
    if progress.state == "waiting":
        return _("{done}, loading the model ...").format(done=done)
    left, missing = progress.seconds_left, progress.total_runs - progress.done_runs
    if not left or not missing:
        return done
    return _("{done}, {rate} a second, {left} left").format(
        done=done, rate=numbers.general(missing / left, 2), left=numbers.estimated_duration(left)
    )


def _show_ended(jobs: Sequence[Subscription[Any]]) -> None:
    """Why there is no result, and a way on."""
    for job in jobs:
        if job.error is not None:
            say(job.error)
        elif job.state == "cancelled":
            st.info(_("Stopped after {done}.").format(done=_text(job.progress())))
        else:
            continue
        order = job.view.order
        st.button(_("Resume"), key=f"resume-{_title(order)}", on_click=go_on, args=(order,))


def show_refused(found: Measured) -> None:
    """How many images have no answer, and why."""
    errors = found.table.filter(found.table["error"].is_valid())
    if not len(errors):
        return
    head = plural("{count} image has no answer", "{count} images have no answer", len(errors))
    with st.expander(head.format(count=numbers.count(len(errors)))):
        names = [found.items[place].id for place in errors[POSITION].to_pylist()]
        st.dataframe(
            {_("Image"): names, _("Reason"): errors["error"].to_pylist()}, hide_index=True, key="refused"
        )
