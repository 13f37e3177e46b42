"""Waiting parts of a page, while the rest of it stays alive."""

import time
from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.session.guard import guard
from components.session.keys import TURNS, WAITS, once, recall
from compute.scheduling.subscription import Subscription

POLL_SECONDS = 0.4
GRACE_SECONDS = 0.35
BEGIN_SECONDS = 0.1
STEP_SECONDS = 0.02
FORGET_SECONDS = 5.0
"""A wait that no page has shown for so long is over."""


def soon(*jobs: Subscription[Any], grace: float = GRACE_SECONDS) -> bool:
    """True if jobs finish within a moment that nobody notices; those behind other work are not waited for.

    Args:
        jobs: what is waited for.
        grace: seconds of the moment; to draw the page twice would take longer.
    """
    came = time.monotonic()
    while not all(job.finished for job in jobs):
        begun = all(job.state != "waiting" for job in jobs)
        if time.monotonic() > came + (grace if begun else BEGIN_SECONDS):
            return False
        time.sleep(STEP_SECONDS)
        give_way()
    return True


def within(seconds: float, ready: Callable[[], bool]) -> bool:
    """True if something is ready within a moment; how many seconds that is."""
    came = time.monotonic()
    while not ready():
        if time.monotonic() > came + seconds:
            return False
        time.sleep(STEP_SECONDS)
        give_way()
    return True


def waited(what: Hashable) -> float:
    """Seconds since the session's page began to show that it waits for something."""
    now = time.monotonic()
    waits: dict[Hashable, tuple[float, float]] = once(WAITS, dict)
    began, seen = waits.get(what, (now, now))
    began = now if now - seen > FORGET_SECONDS else began
    waits[what] = began, now
    return now - began


def give_way() -> None:
    """Let what the person does come first: only what a run does with Streamlit ends it."""
    if get_script_run_ctx(suppress_warning=True) is not None:
        recall(TURNS, None)


def wait_for(
    ready: Callable[[], bool], show: Callable[[], object], every: float | None = POLL_SECONDS
) -> None:
    """Show a waiting part of the page and run the whole page again as soon as something is ready.

    Args:
        ready: whether it is.
        show: draws the part.
        every: seconds between two looks; None to draw the part once.
    """

    @st.fragment(run_every=every)
    def poll() -> None:
        with guard():
            if ready():
                st.rerun()
            show()

    poll()


def show_growing(ended: Callable[[], bool], show: Callable[[], object], every: float) -> None:
    """Show a part of the page as it grows, and run the page again at its end; what is over is drawn once."""
    grows = not ended()
    wait_for(lambda: grows and ended(), show, every if grows else None)
