"""What a closed tab leaves behind: its jobs are let go soon, and the session when its time is up."""

import asyncio
import logging
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any
from weakref import WeakValueDictionary

from streamlit import runtime

PATIENCE_SECONDS = 10.0
"""A browser whose connection broke is back by then; a later one starts its jobs from what they had."""

LOOK_SECONDS = 2.0
logger = logging.getLogger("vitrine")


class Jobs(dict[Hashable, Any]):
    """The jobs of one kind of the session of an id, by the key of what was ordered."""

    def __init__(self, session: str) -> None:
        super().__init__()
        self.session = session
        _all[id(self)] = self

    def let_go(self, *keys: Hashable) -> None:
        """Leave the jobs of some keys."""
        for key in keys:
            job = self.pop(key, None)
            if job is not None:
                job.cancel()


_all: WeakValueDictionary[int, Jobs] = WeakValueDictionary()
_absent_since: dict[str, float] = {}


def leave_absent(is_here: Callable[[str], bool], now: float) -> None:
    """Let go of the jobs of sessions that no browser has been connected to for a while.

    Args:
        is_here: whether the browser of a session is connected.
        now: seconds of ``monotonic``.
    """
    held = [jobs for reference in _all.valuerefs() if (jobs := reference()) is not None]
    away = {session for session in {jobs.session for jobs in held} if not is_here(session)}
    for session in _absent_since.keys() - away:
        del _absent_since[session]
    for session in away:
        _absent_since.setdefault(session, now)
    for jobs in held:
        if now - _absent_since.get(jobs.session, now) >= PATIENCE_SECONDS:
            jobs.let_go(*list(jobs))


def forget_expired(sessions: Any) -> None:
    """Take the sessions whose time is up out of Streamlit's storage, with their images.

    By itself it hides them, and lets go of them only when another tab closes, perhaps never.

    Args:
        sessions: Streamlit's ``WebsocketSessionManager``.
    """
    with sessions._storage_lock:
        len(sessions._session_storage._cache)  # what counts them reaps them


async def watch_browsers() -> None:
    """Do so again and again."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            leave_absent(runtime.get_instance().is_active_session, monotonic())
            forget_expired(runtime.get_instance()._session_mgr)
        except Exception:
            logger.exception("what closed tabs have left could not be let go")
