"""What a person does in one tab is applied in its order, whatever comes at the same time."""

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit import config
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner import RerunData, script_runner
from streamlit.runtime.scriptrunner_utils import script_requests
from streamlit.testing.v1 import AppTest

from components.frame import event_queue
from components.frame.event_queue import MOST, MOST_BYTES, TRIGGERS, EventQueue, keep_every_event

ROOT = Path(__file__).parents[3]
BUTTONS = {"button", "download_button", "form_submit_button", "menu_button"}
COMMON = [WidgetState(id="model", string_value="a")]
FIELD = WidgetState(id="field", string_value="b")


def states(*more):
    return WidgetStates(widgets=[*COMMON, *more])


def click(name, page="one", **more):
    return RerunData(
        widget_states=states(FIELD, WidgetState(id=name, trigger_value=True)), page_script_hash=page, **more
    )


def change(page="one"):
    return RerunData(widget_states=states(FIELD), page_script_hash=page)


def go(page):
    return RerunData(widget_states=states(), page_script_hash=page, query_string="model=a")


def poll(*more):
    return RerunData(
        widget_states=states(*more), page_script_hash="one", fragment_id="part", is_auto_rerun=True
    )


def own(page="one"):
    return RerunData(page_script_hash=page)


def queued(*events):
    queue = EventQueue()
    assert all([queue.request_rerun(event) for event in events])
    return queue


def told(event):
    """What is done: names of buttons that were clicked, or the page that is drawn."""
    clicked = [state.id for state in (event.widget_states or WidgetStates()).widgets if state.trigger_value]
    parts = [f"{name}!" for name in event.fragment_id_queue]
    return " ".join([*clicked, *parts]) or event.page_script_hash


def run(*events):
    """What is run, in its order, until nothing more is there."""
    queue, done = queued(*events), []
    while (found := queue.on_scriptrunner_ready()).type.value == "RERUN":
        done.append(told(found.rerun_data))
    assert not queue.request_rerun(go("one")), "another queue takes what comes later"
    return done


ORDERS = [
    ("a click and a page change", [click("add"), go("two")], ["add", "two"]),
    ("two clicks", [click("add"), click("start")], ["add", "start"]),
    ("a click twice", [click("add"), click("add")], ["add", "add"]),
    ("a click, a choice and a page change", [click("add"), change(), go("two")], ["add", "one", "two"]),
    ("a click in a part", [click("stop", fragment_id="part"), go("two")], ["stop part!", "two"]),
    ("a click before the page is left", [go("two"), click("add")], ["add", "two"]),
    ("a choice before the page is left", [go("two"), change()], ["one", "two"]),
    ("another page after all", [go("two"), go("three")], ["two", "three"]),
    ("back after all", [go("two"), go("one")], ["two", "one"]),
    ("a page that wants to be drawn anew while it is left", [go("two"), own()], ["two"]),
    ("a page that wants to lead elsewhere while it is left", [go("two"), own("three")], ["two"]),
    ("a look of a part while the whole is drawn", [click("add"), poll()], ["add"]),
    ("a look of a part before the whole is drawn", [poll(), click("add")], ["add"]),
    ("two looks of a part", [poll(), poll()], ["part!"]),
    ("a look that carries a click", [poll(WidgetState(id="x", trigger_value=True))], ["part!"]),
    ("a page drawn anew before a click", [own(), click("add")], ["add"]),
]


@pytest.mark.parametrize(("events", "done"), [case[1:] for case in ORDERS], ids=[case[0] for case in ORDERS])
def test_everything_is_done_in_its_order(events, done):
    assert run(*events) == done


def test_a_part_does_not_cut_the_page_short_unless_the_whole_follows():
    queue = queued(click("stop", fragment_id="part"))
    assert queue.on_scriptrunner_yield() is None
    queue.request_rerun(go("two"))
    assert told(queue.on_scriptrunner_yield().rerun_data) == "stop part!"
    assert told(queue.on_scriptrunner_yield().rerun_data) == "two"
    assert queue.on_scriptrunner_yield() is None


def test_a_part_does_not_look_again_while_the_whole_is_drawn():
    queue = queued(click("add"))
    assert queue.on_scriptrunner_ready() and queue.request_rerun(poll())
    assert queue.on_scriptrunner_ready().type.value == "STOP"


def test_a_program_that_sends_many_clicks_loses_none_and_has_few_runs():
    names = [str(number) for number in range(200)]
    done = run(*map(click, names))
    assert len(done) == MOST and sorted(" ".join(done).split()) == sorted(names)


def test_a_program_that_sends_long_states_has_them_put_together():
    long = RerunData(widget_states=states(WidgetState(id="x", string_value="x" * (MOST_BYTES // 2))))
    assert len(run(*[long] * 50)) <= 4


def test_a_session_that_ends_takes_nothing_more():
    queue = queued(click("add"))
    queue.request_stop()
    assert queue.on_scriptrunner_yield().type.value == "STOP" and not queue.request_rerun(click("add"))
    assert queue.on_scriptrunner_ready().type.value == "STOP"


@pytest.mark.parametrize("asks", ["on_scriptrunner_ready", "on_scriptrunner_yield"])
def test_a_page_that_is_left_while_a_part_of_it_is_drawn_is_left_whole(asks, monkeypatch):
    context = SimpleNamespace(
        page_script_hash="one",
        fragment_ids_this_run=["part"],
        has_script_started=True,
        script_requests=None,
        pages_manager=SimpleNamespace(main_script_hash="all"),
    )
    monkeypatch.setattr(event_queue, "get_script_run_ctx", lambda **_more: context)
    assert getattr(queued(change()), asks)() and context.fragment_ids_this_run == ["part"]
    assert getattr(queued(go("two")), asks)() and context.fragment_ids_this_run is None


def test_another_queue_of_streamlit_is_noticed(monkeypatch):
    monkeypatch.setattr(script_runner, "ScriptRequests", script_requests.ScriptRequests)
    monkeypatch.setattr(script_requests.ScriptRequests, "request_pause", lambda self: None, raising=False)
    with pytest.raises(RuntimeError, match="has changed"):
        keep_every_event()
    monkeypatch.undo()
    assert script_requests._TRIGGER_PROTO_FIELDS == TRIGGERS


def test_runs_beside_each_other_are_noticed(monkeypatch):
    monkeypatch.setattr(script_runner, "ScriptRequests", script_requests.ScriptRequests)
    before = config.get_option("runner.fastReruns")
    config.set_option("runner.fastReruns", True)
    with pytest.raises(RuntimeError, match="fastReruns"):
        keep_every_event()
    config.set_option("runner.fastReruns", before)
    assert before is False, ".streamlit/config.toml says so"
    keep_every_event()
    assert script_runner.ScriptRequests is EventQueue


def script():
    import streamlit as st

    def note(what):
        st.session_state.done = [*st.session_state.get("done", []), what]

    st.button("add", key="add", on_click=note, args=("add",))
    if st.session_state.get("done") == ["add"]:
        note("drawn")
        st.rerun()
    st.text(str(st.session_state.get("done")))


def test_it_runs_a_page_that_asks_to_be_drawn_anew(monkeypatch):
    monkeypatch.setattr(script_runner, "ScriptRequests", EventQueue)
    at = AppTest.from_function(script).run()
    at.button[0].click().run()
    assert at.text[0].value == "['add', 'drawn']" and not at.exception
    assert not event_queue.came_late()


def buttons():
    for path in [ROOT / "app.py", *ROOT.glob("components/**/*.py"), *ROOT.glob("pages/**/*.py")]:
        tree = ast.parse(path.read_text())
        alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in BUTTONS
            ):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", id(node) in alone


@pytest.mark.slow
def test_what_a_button_does_is_a_function_that_is_called_before_the_page_is_drawn():
    found = dict(buttons())
    assert len(found) > 20 and [place for place, alone in found.items() if not alone] == []
