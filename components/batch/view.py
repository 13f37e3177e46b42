"""A batch as it goes on: how far it is, the table so far, what failed, and what can be taken away."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.batch.choice import batch_cost_text, command_of
from components.batch.downloads import offer_batch_downloads
from components.batch.jobs import Chosen, RunningBatch, batch_refused, running_batch, start_batch, stop_batch
from components.batch.maps import show_chosen, small_maps
from components.session.choice import Choice
from components.session.guard import say
from components.session.waiting import wait_for
from components.words import numbers
from components.words.i18n import _, plural, sentence
from components.words.plain import as_code, as_text
from compute.work.predict import Prediction
from engine.trust.tables.columns import COLUMNS
from model_store.catalogue import entry_of

if TYPE_CHECKING:
    from compute.batch.each import TableRow
    from compute.batch.explain import ExplainEach
    from compute.batch.run import PictureOutcome

POLL_SECONDS = 1.5
BEFORE = ("picture", "target", "probability", "logit")
AFTER = ("stability", *COLUMNS, "runs", "seconds", "warnings")
"""Columns of the table around those about the strongest cell."""

FEW_ROWS, TALL_PX, ROW_PX = 6, 460, 64


def offer_batch(
    spec: ExplainEach, choice: Choice, prediction: Prediction, pictures: Sequence[Chosen]
) -> None:
    """Say what it costs, and let the person start it; a batch that was started stays below."""
    found = running_batch()
    if pictures and not (
        found is not None
        and found.is_about(spec, pictures)
        and found.job.state in ("waiting", "running", "done")
    ):
        st.markdown(batch_cost_text(spec, choice, prediction, len(pictures)))
        with st.container(horizontal=True, vertical_alignment="center"):
            goes_on = found is not None and found.is_about(spec, pictures)
            st.button(
                _("Resume") if goes_on else _("Start"),
                type="primary",
                on_click=start_batch,
                args=(spec, pictures),
                key="batch-start",
            )
            if found is not None and not found.job.finished:
                st.caption(_("This discards the batch below."))
    with st.expander(_("Thousands of images: use the command line")):
        st.markdown(
            _(
                "It answers the same question for every image of a folder, here or on a cluster. "
                "If it is stopped, it resumes where it was."
            )
        )
        st.code(command_of(spec), language="bash", wrap_lines=True)


def show_batch() -> None:
    """The batch of this session, if there is one, and why another could not be started."""
    refused, found = batch_refused(), running_batch()
    if refused is not None:
        say(refused)
    if found is None:
        return
    title = _("{method}, {model}").format(
        method=_(found.spec.about.title), model=as_text(_(entry_of(found.spec.ref).title))
    )
    st.subheader(title, anchor=False)
    if found.job.finished:
        _show(found)
    else:
        wait_for(lambda: found.job.finished, partial(_show, found), POLL_SECONDS)


def _show(found: RunningBatch) -> None:
    job, state = found.job, found.job.state  # read once: it may end while the page is drawn
    outcomes, ended = job.outcomes(), state not in ("waiting", "running")
    done = _("{done} of {total} images").format(
        done=numbers.count(len(outcomes)), total=numbers.count(len(job.batch.items))
    )
    if not ended:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(
                job.share,
                text=_("{done}. It continues on other pages, as long as this tab is open.").format(done=done),
            )
            st.button(_("Stop"), key="batch-stop", on_click=stop_batch)
    elif state == "cancelled":
        st.markdown(_("Stopped after {done}. Those are kept; Resume processes the rest.").format(done=done))
    else:
        st.markdown(done + ".")
    if job.error is not None:
        say(job.error)
    _show_failures(outcomes)
    _show_table(found, outcomes)
    if ended and outcomes:
        offer_batch_downloads(found, outcomes)


def _show_failures(outcomes: Sequence[PictureOutcome]) -> None:
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    if failed:
        head = plural(
            "{count} image could not be explained:", "{count} images could not be explained:", len(failed)
        ).format(count=len(failed))
        lines = [
            f"- {as_code(outcome.name)}: {as_text(sentence(outcome.error))}"
            for outcome in failed
            if outcome.error is not None
        ]
        st.warning("\n".join([head, "", *lines]))


def _show_table(found: RunningBatch, outcomes: Sequence[PictureOutcome]) -> None:
    """Every map in a row; columns without a value are left out. A click on a row shows its map large."""
    rows = [_told(row) for outcome in outcomes if outcome.error is None for row in outcome.rows]
    if not rows:
        return
    told = [name for name in rows[0] if any(row[name] not in (None, []) for row in rows)]
    columns = st.column_config
    titles = {
        "map": columns.ImageColumn(_("Map"), help=_("Select a row to see its map large."), pinned=True),
        "picture": columns.TextColumn(_("Image"), pinned=True),
        "target": columns.TextColumn(_("Target"), width="medium"),
        "probability": columns.ProgressColumn(_("Probability"), min_value=0.0, max_value=1.0, format="%.3f"),
        "logit": columns.NumberColumn(_("Logit"), format="%.2f"),
        "cell": columns.TextColumn(
            _("Strongest cell"), help=_("Row and column in the map, counted from 1 at the top left.")
        ),
        "value": columns.NumberColumn(_("Value"), format="%.3g", help=_("Raw value, as in the map.")),
        "stability": columns.ProgressColumn(_("Stability"), min_value=0.0, max_value=1.0, format="%.2f"),
        **{key: columns.NumberColumn(_(row.title), format="%.3f") for key, row in COLUMNS.items()},
        "runs": columns.NumberColumn(
            _("Model evaluations"), help=_("All targets of an image share the model evaluations of one pass.")
        ),
        "seconds": columns.NumberColumn(_("Seconds"), format="%.1f"),
        "warnings": columns.ListColumn(_("Warnings"), width="large"),
    }
    table = {"map": small_maps(found, outcomes), **{name: [row[name] for row in rows] for name in told}}
    picked = st.dataframe(
        table,
        column_config=titles,
        hide_index=True,
        width="stretch",
        height=TALL_PX if len(rows) > FEW_ROWS else "auto",
        row_height=ROW_PX,
        on_select="rerun",
        selection_mode="single-row",
        key="batch-table",
    )
    for row in picked["selection"]["rows"]:
        show_chosen(found, outcomes, row)


def _told(row: TableRow) -> dict[str, Any]:
    """What the page shows of a row, with places that are counted from 1, as people do."""
    cell = _("{row}, {column}").format(row=row["strongest_row"] + 1, column=row["strongest_column"] + 1)
    said = {
        "target": _(row["target"]),
        "cell": cell,
        "value": row["strongest_value"],
        "warnings": [_(text) for text in row["warnings"]],
    }
    told = {**dict.fromkeys(COLUMNS), **row, **said}
    return {name: told[name] for name in (*BEFORE, "cell", "value", *AFTER)}
