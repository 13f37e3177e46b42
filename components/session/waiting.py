"""Waiting parts of a page, while the rest of it stays alive."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.session.guard import guard

if TYPE_CHECKING:
    from compute.scheduling.subscription import Subscription

POLL_SECONDS = 0.4
GRACE_SECONDS = 0.35
BEGIN_SECONDS = 0.1
STEP_SECONDS = 0.02


def soon(*jobs: Subscription[Any], grace: float = GRACE_SECONDS) -> bool:
    """True if jobs are finished within a moment that nobody notices; what stands behind other work is not
    waited for.

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
    return True


def wait_for(ready: Callable[[], bool], show: Callable[[], object]) -> None:
    """Show a waiting part of the page and run the whole page again as soon as something is ready."""

    @st.fragment(run_every=POLL_SECONDS)
    def poll() -> None:
        if ready():
            st.rerun()
        with guard():
            show()

    poll()
