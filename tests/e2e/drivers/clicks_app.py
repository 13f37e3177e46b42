"""A small app on Vitrine's queue of events: two pages that say what was done, with nothing to wait for."""

import time
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

LONG_SECONDS, STEP_SECONDS = 0.3, 0.01
DONE = "_done"


def note(what: str) -> None:
    """Say that something was done."""
    st.session_state[DONE] = [*st.session_state.get(DONE, []), what]


def note_slowly() -> None:
    """What a button does that takes a while, and looks at the session meanwhile."""
    note("slow begins")
    ends = time.monotonic() + LONG_SECONDS
    while time.monotonic() < ends:
        time.sleep(STEP_SECONDS)
        st.session_state.get(DONE)
    note("slow ends")


def note_radio() -> None:
    note(f"radio {st.session_state.radio}")


def note_text() -> None:
    note(f"text {st.session_state.text}")


def note_pick() -> None:
    note(f"pick {st.session_state.pick.pick}")


PICK = """export default function(component) {
  component.parentElement.querySelector("button").onclick = () => component.setStateValue("pick", "sky");
}"""


def say() -> None:
    """What was done so far."""
    st.text("done: " + ", ".join(st.session_state.get(DONE, [])))
    st.button("Forget", on_click=st.session_state.pop, args=(DONE, None))


@st.fragment(run_every=0.2)
def part() -> None:
    st.button("In a part", on_click=note, args=("part",))
    if st.session_state.pop("_again", False):
        st.rerun()


def one() -> None:
    """The page with everything that can be clicked."""
    for name in ("first", "second"):
        st.button(name.title(), on_click=note, args=(name,))
    st.button("Slow", on_click=note_slowly)
    st.button("Again", on_click=st.session_state.update, args=({"_again": True},))
    st.radio("Radio", ["a", "b"], key="radio", on_change=note_radio)
    st.text_input("Text", key="text", on_change=note_text)
    piece = st.components.v2.component("pick", html="<button>Pick</button>", js=PICK)
    piece(key="pick", on_pick_change=note_pick, default={"pick": None})
    part()
    say()


def two() -> None:
    """The page that a menu entry leads to."""
    st.subheader("Second page")
    time.sleep(LONG_SECONDS)
    say()


if __name__ == "__main__":
    from components.frame.event_queue import came_late

    if came_late():
        st.toast("Too late")
    page = st.navigation(
        [st.Page(one, title="One", url_path="one", default=True), st.Page(two, title="Two", url_path="two")]
    )
    with st.sidebar:
        st.button("Aside", on_click=note, args=("aside",))
        st.segmented_control("Choice", ["x", "y"], default="x", on_change=note, args=("choice",))
    page.run()
else:
    from streamlit.starlette import App

    from components.frame.event_queue import keep_every_event

    @asynccontextmanager
    async def lifespan(_app):
        keep_every_event()
        yield {}

    app = App(Path(__file__), lifespan=lifespan)
