"""Rows of what was learnt: their price first, then as they come, the most often right first."""

import numpy as np
import streamlit as st

from components.data.measured import answers_of
from components.jobs.orders import give_up, keep_only, known_job, start, stop
from components.lab.explaining import offer_explanation
from components.lab.question import LearningQuestion
from components.session.guard import attempt, say
from components.session.keys import KEPT_ROWS, LEARNING, recall, remember
from components.session.waiting import wait_for
from components.words import numbers
from components.words.i18n import _
from compute.lab.starting import refuse_training
from compute.lab.transfer_runs import TransferRun, keep_transfer
from compute.transfer.learning import learning_ref, learning_table, tested_images
from compute.transfer.order import TransferOrder, TransferSpec, TransferView
from compute.work.contract import Price
from engine.errors import VitrineError
from engine.transfer.rows import TransferRow, chosen_on_training, compare_rows, ranked_rows

POLL_SECONDS = 1.0
EXPERIMENTS_PAGE = "pages/lab/runs.py"


def show_learning(asked: LearningQuestion, seconds_per_run: float) -> None:
    """The price, or the table as far as it goes."""
    if recall(LEARNING, None) != asked.identity:
        _offer(asked, seconds_per_run)
        return
    views = []
    for features in asked.orders:  # one after the other: a bar and a button each
        found = answers_of([features])
        if found is None:
            return
        views += found
    table = attempt(learning_table, *views)
    if isinstance(table, VitrineError):
        say(table)
        return
    order = TransferOrder(TransferSpec(asked.settings), table)
    keep_only([order], TransferOrder.kind)
    if known_job(order) is None:
        start(order)
    job = known_job(order)
    if job is None or not job.finished:
        wait_for(lambda: _is_over(order), lambda: _show_growing(order), POLL_SECONDS)
        return
    if job.error is not None:
        say(job.error)
    _show_rows(job.view)
    if job.view.complete:
        _offer_keeping(asked, job.view, tested_images(views[1]))
        offer_explanation(asked, job.view)
    else:
        st.button(_("Resume"), key="learn-resume", on_click=_go_on, args=(order,))


def _offer(asked: LearningQuestion, seconds_per_run: float) -> None:
    """Say what it costs, and let the person start it."""
    price = Price(asked.images, 0, asked.images * seconds_per_run)
    text = _(
        "The model looks at {count} images once: {time}. Then {rows} classifiers learn from the "
        "training part, with C chosen by cross-validation. The test part is looked at once, at the end."
    )
    st.info(
        text.format(
            count=numbers.count(price.runs),
            time=numbers.estimated_duration(price.seconds),
            rows=numbers.count(len(asked.settings)),
        )
    )
    st.button(
        _("Learn"), type="primary", key="learn-start", on_click=remember, args=(LEARNING, asked.identity)
    )


def _is_over(order: TransferOrder) -> bool:
    job = known_job(order)
    return job is not None and job.finished


def _go_on(order: TransferOrder) -> None:
    give_up(order)
    start(order)


def _show_growing(order: TransferOrder) -> None:
    job = known_job(order)
    if job is None:
        st.status(_("Starting the computing service ..."))
        return
    progress = job.progress()
    text = _("{done} of {total} classifiers").format(
        done=numbers.count(progress.done_runs), total=numbers.count(progress.total_runs)
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(progress.share, text=text)
        st.button(_("Stop"), key="learn-stop", on_click=stop, args=(order,))
    _show_rows(job.view)


def _show_rows(view: TransferView) -> None:
    """The table, the best first, with what may be said of it."""
    rows = list(view.rows().values())
    if not rows:
        return
    order = ranked_rows(rows)
    chosen = chosen_on_training(rows)
    st.dataframe(_frame([rows[place] for place in order]), hide_index=True, key="learn-rows")
    texts = [
        _("{count} test images; 95 % intervals (Wilson).").format(count=numbers.count(len(rows[0].right)))
    ]
    if chosen is not None:
        text = _("Chosen on the training part alone: {row}, {share} right on the test part.")
        texts.append(text.format(row=row_title(rows[chosen]), share=numbers.share(rows[chosen].accuracy)))
    st.caption(" ".join(texts))


def row_title(row: TransferRow) -> str:
    """A row in words."""
    setting = row.setting
    title = _(setting.row.title)
    return _("{title}, PCA").format(title=title) if setting.preparation.pca else title


def _offer_keeping(asked: LearningQuestion, view: TransferView, images: list[str]) -> None:
    """Rows for the table of experiments, where this server lets people write there."""
    if isinstance(attempt(refuse_training, asked.data), VitrineError):
        return
    rows = tuple(view.rows().values())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Keep as experiments"), key="learn-keep", on_click=_keep, args=(asked, rows, images))
        if recall(KEPT_ROWS, None) == asked.identity:
            st.page_link(EXPERIMENTS_PAGE, label=_("Experiments") + " →")


def _keep(asked: LearningQuestion, rows: tuple[TransferRow, ...], images: list[str]) -> None:
    for row in rows:
        kept = attempt(
            keep_transfer, TransferRun(learning_ref(asked.ref), asked.data, asked.what, row, images)
        )
        if isinstance(kept, VitrineError):
            say(kept)
            return
    remember(KEPT_ROWS, asked.identity)


def _frame(rows: list[TransferRow]) -> dict[str, list[str]]:
    """Columns of the table; the p-value is that of each row against the first (McNemar, Holm)."""
    against = {
        pair.second: pair.adjusted for pair in compare_rows([row.right for row in rows]) if not pair.first
    }
    best = [against.get(place, np.nan) for place in range(len(rows))]
    return {
        _("Classifier"): [_(row.setting.row.title) for row in rows],
        _("PCA"): [
            numbers.share(row.setting.preparation.pca) if row.setting.preparation.pca else "" for row in rows
        ],
        _("Numbers"): [numbers.count(row.dimensions) for row in rows],
        _("C or k"): [numbers.general(row.setting.strength or np.nan, 3) for row in rows],
        _("Accuracy"): [numbers.decimal(row.accuracy, 3) for row in rows],
        _("95 %"): [_range(row) for row in rows],
        _("p against the best (Holm)"): ["" if np.isnan(p) else numbers.general(p, 2) for p in best],
        _("Cross-validation"): [numbers.decimal(row.validation, 3) for row in rows],
        _("Learning"): [numbers.duration(row.choosing_seconds + row.fit_seconds) for row in rows],
        _("Answering"): [numbers.duration(row.predict_seconds) for row in rows],
    }


def _range(row: TransferRow) -> str:
    low, high = (numbers.decimal(end, 3) for end in row.interval)
    return _("{low} to {high}").format(low=low, high=high)
