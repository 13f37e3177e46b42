"""A part of the page that waits for something in the background, while the rest of it stays alive."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from components.guard import guard

POLL_SECONDS = 0.4
GRACE_SECONDS = 0.35
STEP_SECONDS = 0.02


def soon(ready: Callable[[], bool]) -> bool:
    """True if something is ready within a moment that nobody notices."""
    until = time.monotonic() + GRACE_SECONDS
    while not ready() and time.monotonic() < until:
        time.sleep(STEP_SECONDS)
    return ready()


def wait_for(ready: Callable[[], bool], show: Callable[[], None]) -> None:
    """Show a waiting part of the page and run the whole page again as soon as something is ready."""

    @st.fragment(run_every=POLL_SECONDS)
    def poll() -> None:
        if ready():
            st.rerun()
        with guard():
            show()

    poll()
