"""Runs that are looked at: what is known of each, how far it is, and what can be done with it."""

from collections.abc import Sequence

import streamlit as st

from components.lab.experiments.curves import show_learning_curves
from components.lab.experiments.run_model import offer_comparison, offer_model
from components.lab.experiments.table_view import figure_words, part_words, runs_frame, state_titles
from components.session.guard import attempt, say
from components.session.keys import RUN_REFUSED, recall, remember
from components.session.waiting import wait_for
from components.words import numbers
from components.words.i18n import _, sentence
from components.words.plain import as_text
from compute.lab.comparing import compare_runs
from compute.lab.starting import begin_training, fault_of, has_process, training_request
from compute.lab.wishes import ask_for
from engine.errors import VitrineError
from experiments.folders import ListedRun, list_runs, read_experiment
from experiments.record import Experiment

POLL_SECONDS = 2.0
PRICE = "price in seconds"


def show_runs(runs: Sequence[ListedRun]) -> None:
    """Curves, then a part for each run."""
    refused = recall(RUN_REFUSED, None)
    if refused is not None:
        say(refused)
    show_learning_curves(runs)
    if len(runs) == 2:
        _show_difference(*runs)
    for run in runs:
        with st.container(border=True, key=f"run-{run.key}"):
            _show(run)


def _show(run: ListedRun) -> None:
    experiment = run.experiment
    assert experiment is not None
    st.markdown(f"**{as_text(experiment.name)}** · {as_text(run.key)} · {state_titles()[experiment.state]}")
    if experiment.reason:
        st.caption(as_text(experiment.reason))
    if has_process(run.key, run.folder):
        _show_progress(run, experiment)
        return
    _show_figures(experiment)
    _show_settings(experiment)
    _show_trials(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        _offer_start(run, experiment)
        offer_model(run, experiment)


def _show_figures(run: Experiment) -> None:
    names = {"accuracy": _("Accuracy"), "miou": _("Mean IoU"), "dice": _("Dice")}
    for name, figure in run.figures.items():
        text = _("{figure}: {value} on the {part} part, {count} images.")
        said = text.format(
            figure=names.get(name, name),
            value=figure_words(figure).removesuffix(" *"),
            part=part_words(figure),
            count=numbers.count(figure.count),
        )
        st.markdown(
            as_text(said) + (" " + _("This figure chose it, so it flatters.") if figure.chosen else "")
        )


def _show_settings(run: Experiment) -> None:
    with st.expander(_("Settings and costs")):
        cost = _("{epochs} epochs, {time} of training, {processor} of the processor.")
        said = cost.format(
            epochs=numbers.count(run.epochs),
            time=numbers.duration(run.seconds),
            processor=numbers.duration(run.processor_seconds),
        )
        st.caption(said)
        rows = {**run.settings, "seed": run.seed}
        table = {_("Setting"): list(rows), _("Value"): [str(value) for value in rows.values()]}
        st.dataframe(table, hide_index=True, key=f"settings-{run.key}")


def _show_trials(run: ListedRun) -> None:
    """The trials of a search, as rows; a star is at the one that was chosen."""
    trials = list_runs(run.folder)
    if trials:
        with st.expander(_("Trials of the search, {count}").format(count=numbers.count(len(trials)))):
            frame = runs_frame([trial.experiment for trial in reversed(trials) if trial.experiment])
            st.dataframe(frame, hide_index=True, key=f"trials-{run.key}", placeholder="")
            st.caption(_("* chosen by this figure on the validation part"))


def _show_progress(run: ListedRun, before: Experiment) -> None:
    """How far it is, with what can be asked of it; drawn again until nobody works on it."""

    def show() -> None:
        now = attempt(read_experiment, run.folder)
        experiment = before if isinstance(now, VitrineError) else now
        if experiment.state != "running":
            st.status(_("Measuring what the training will take ..."))
            return
        trials = len(list_runs(run.folder)) if experiment.kind == "tune" and not experiment.epochs else 0
        st.progress(_share(experiment), text=_progress_words(experiment, trials))
        with st.container(horizontal=True):
            for wish, title in (("pause", _("Pause")), ("stop", _("Stop"))):
                st.button(title, key=f"run-{wish}-{run.key}", on_click=_wish, args=(run.key, wish))

    wait_for(lambda: not has_process(run.key, run.folder), show, POLL_SECONDS)


def _share(run: Experiment) -> float:
    price = float(run.settings.get(PRICE, 0) or 0)
    return min(0.99, run.seconds / price) if price else min(0.99, run.epochs / max(1, run.epochs_planned))


def _progress_words(run: Experiment, trials: int) -> str:
    """How far it is, by epochs, or by the trials of a search that still goes on."""
    known = _("Trial {trial}, {time} so far") if trials else _("Epoch {epoch} of {planned}, {time} so far")
    text = known.format(
        trial=numbers.count(trials),
        epoch=numbers.count(run.epochs),
        planned=numbers.count(run.epochs_planned),
        time=numbers.duration(run.seconds),
    )
    price = float(run.settings.get(PRICE, 0) or 0)
    if price <= run.seconds:
        return text
    left = _("at most {time} left").format(time=numbers.estimated_duration(price - run.seconds))
    return f"{text}, {left}"


def _offer_start(run: ListedRun, experiment: Experiment) -> None:
    """Start what waits, with its price; go on with what is paused."""
    if training_request(run.folder) is None or experiment.over:
        return
    fault = fault_of(run.key, run.folder)
    if fault:
        st.error(as_text(fault))
    price = float(experiment.settings.get(PRICE, 0) or 0)
    if experiment.state == "waiting" and price:
        text = _("It takes at most {time} of this machine.")
        st.markdown(text.format(time=numbers.estimated_duration(price)))
    title = _("Start training") if experiment.state == "waiting" else _("Resume")
    st.button(title, key=f"run-start-{run.key}", type="primary", on_click=_begin, args=(run.key,))
    if experiment.state == "paused":
        st.button(_("Stop"), key=f"run-end-{run.key}", on_click=_wish, args=(run.key, "stop"))


def _begin(key: str) -> None:
    remember(RUN_REFUSED, _error(attempt(begin_training, key)))


def _wish(key: str, wish: str) -> None:
    remember(RUN_REFUSED, _error(attempt(ask_for, key, wish)))


def _error(outcome: object) -> VitrineError | None:
    return outcome if isinstance(outcome, VitrineError) else None


def _show_difference(first: ListedRun, second: ListedRun) -> None:
    found = attempt(compare_runs, first, second)
    if isinstance(found, VitrineError):
        st.caption(as_text(sentence(found)))
        return
    if found.same_test is False:
        st.caption(_("The two were asked about different test parts."))
    if found.difference is not None:
        one = found.difference
        text = _(
            "Difference of the first and the second: {value} ({low} to {high}) on {count} images of both."
        )
        ends = [f"{'+' * (end > 0)}{numbers.decimal(end, 3)}" for end in (one.value, *one.interval)]
        said = text.format(value=ends[0], low=ends[1], high=ends[2], count=numbers.count(one.images))
        st.markdown(said)
    offer_comparison(first, second)
