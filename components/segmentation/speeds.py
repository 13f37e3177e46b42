"""Times of the models: measured on a click, in turns and warm; and how long their training took."""

import streamlit as st

from components.data.choice import DataChoice
from components.data.reported import offer_data_table
from components.jobs.orders import cost_text, give_up, keep_only, known_job, start, stop
from components.segmentation.scene import MaskScene
from components.session.guard import say
from components.session.waiting import wait_for
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.work.single.speed import SpeedOrder, Speeds, SpeedSpec
from model_store.base.folders import training_minutes
from model_store.catalogue import entry_of


def show_speeds(choice: DataChoice, scene: MaskScene) -> None:
    """Times that were measured, or a way to measure them."""
    st.subheader(_("Time"), anchor=False)
    _show_training(scene)
    order = SpeedOrder(SpeedSpec(scene.refs), scene.picture, _pace(scene))
    keep_only([order], SpeedOrder.kind)
    job = known_job(order)
    if job is None:
        _offer(order)
        return
    if not job.finished:
        wait_for(lambda: job.finished, lambda: _show_waiting(order), 1.0)
        return
    found = job.view.result()
    if found is not None:
        _show_table(choice, scene, found)
    elif job.error is not None:
        say(job.error)
    st.button(_("Measure again"), key="speed-again", on_click=_again, args=(order,))


def _pace(scene: MaskScene) -> tuple[float, ...]:
    """About the seconds of an image in each model, where the data set took any."""
    paces = []
    for one in scene.found:
        progress = one.view.progress()
        paces.append(progress.seconds_spent / max(progress.done_runs, 1))
    return tuple(paces)


def _offer(order: SpeedOrder) -> None:
    text = _(
        "Loads each model anew, then runs this image {runs} times in turns, alone and in batches of 8. "
        "It costs {cost}."
    )
    cost = cost_text(order.price) if order.price.seconds else numbers.runs(order.price.runs)
    st.caption(text.format(runs=numbers.count(order.spec.runs), cost=cost))
    st.button(_("Measure the times"), key="speed-start", on_click=start, args=(order,))


def _show_waiting(order: SpeedOrder) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.status(_("Measuring the times ..."))
        st.button(_("Stop"), key="speed-stop", on_click=stop, args=(order,))


def _again(order: SpeedOrder) -> None:
    give_up(order)
    start(order)


def _show_table(choice: DataChoice, scene: MaskScene, found: Speeds) -> None:
    table: dict[str, list[str]] = {
        _("Model"): list(scene.titles),
        _("Input"): [f"{one.size_hw[0]} × {one.size_hw[1]}" for one in found.models],
        _("Loading"): [numbers.duration(one.load_seconds) for one in found.models],
        _("First call"): [numbers.milliseconds(one.first_seconds) for one in found.models],
    }
    for place, times in enumerate(found.models[0].warm):
        title = _("An image, batch {count}").format(count=numbers.count(times.batch))
        table[title] = [
            numbers.milliseconds(one.warm[place].quartiles[1] / times.batch) for one in found.models
        ]
        table[_("{title}, quartiles").format(title=title)] = [
            _quartiles(one.warm[place].quartiles, times.batch) for one in found.models
        ]
    table[_("Runs on")] = [one.backend for one in found.models]
    st.dataframe(table, hide_index=True, key="speeds")
    st.caption(_("Medians of warm runs in turns. Loading includes the choice of what runs a model."))
    offer_data_table(choice, _("Time"), table, f"speeds-{scene.key}")
    if found.busy:
        st.warning(_("Other programs kept this machine busy: the times are too long."))


def _quartiles(quartiles: tuple[float, float, float], batch: int) -> str:
    low, _middle, high = (numbers.milliseconds(one / batch) for one in quartiles)
    return _("{low} to {high}").format(low=low, high=high)


def _show_training(scene: MaskScene) -> None:
    text = _("Training of {model}: {time}, as its card says.")
    said = []
    for ref, title in zip(scene.refs, scene.titles, strict=True):
        minutes = training_minutes(entry_of(ref))
        if minutes is not None:
            said.append(text.format(model=as_text(title), time=numbers.duration(minutes * 60)))
    if said:
        st.caption(" ".join(said))
