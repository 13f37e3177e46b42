"""Jobs of tabs that were closed."""

import asyncio
import gc
import weakref
from types import SimpleNamespace

import pytest
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from components.frame import server
from components.frame.server import lifespan
from components.jobs import absent
from components.jobs.absent import PATIENCE_SECONDS, Jobs, forget_expired, leave_absent
from components.session import resources


class Job:
    """Counts how often it was left."""

    def __init__(self) -> None:
        self.left = 0

    def cancel(self) -> None:
        self.left += 1


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Sessions of other tests are not asked about."""
    monkeypatch.setattr(absent, "_all", type(absent._all)())
    monkeypatch.setattr(absent, "_absent_since", {})


def jobs_of(session: str) -> Jobs:
    jobs = Jobs(session)
    jobs["pass"] = Job()
    return jobs


def look(*here: str, at: float) -> None:
    leave_absent(here.__contains__, at)


def test_only_a_closed_tab_loses_its_jobs_and_only_after_a_while():
    hers, his = jobs_of("hers"), jobs_of("his")
    left = hers["pass"]
    look("hers", "his", at=0.0)
    look("his", at=100.0)
    look("his", at=100.0 + PATIENCE_SECONDS / 2)
    assert "pass" in hers and left.left == 0
    look("his", at=100.0 + PATIENCE_SECONDS)
    assert not hers and left.left == 1 and his["pass"].left == 0


def test_a_broken_connection_that_comes_back_begins_its_patience_anew():
    hers = jobs_of("hers")
    look(at=0.0)
    look("hers", at=PATIENCE_SECONDS - 1)
    look(at=PATIENCE_SECONDS)
    look(at=2 * PATIENCE_SECONDS - 1)
    assert "pass" in hers
    look(at=2 * PATIENCE_SECONDS)
    assert not hers


def test_a_session_that_comes_back_later_may_start_again():
    hers = jobs_of("hers")
    look(at=0.0)
    look(at=PATIENCE_SECONDS)
    again = hers["pass"] = Job()
    look("hers", at=PATIENCE_SECONDS + 1)
    assert again.left == 0


def test_the_server_looks_again_and_again_also_after_a_failure(monkeypatch, caplog):
    looks = []

    def fail_once(is_here, now):
        looks.append((is_here("hers"), now))
        if len(looks) == 1:
            raise RuntimeError("on purpose")

    async def live() -> None:
        async with lifespan(None):
            while len(looks) < 3:
                await asyncio.sleep(0.01)

    for name in ("preload_first_page", "shut_down", "preload_rest"):
        monkeypatch.setattr(resources, name, lambda: None)
    for name in ("set_up", "adopt"):
        monkeypatch.setattr(server, name, lambda *_names, **_options: None)
    for kind, name in (
        (server.PagesManager, "uses_pages_directory"),
        (server.MultiPartParser, "spool_max_size"),
    ):
        monkeypatch.setattr(kind, name, getattr(kind, name))  # what the server sets is put back
    monkeypatch.delenv("VITRINE_OPEN", raising=False)
    monkeypatch.setattr(absent, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(absent, "leave_absent", fail_once)
    monkeypatch.setattr(
        absent.runtime,
        "get_instance",
        lambda: SimpleNamespace(
            is_active_session=lambda session: session == "hers", _session_mgr=sessions_of(60)
        ),
    )
    asyncio.run(asyncio.wait_for(live(), 20))
    assert all(here for here, _now in looks) and "closed tabs" in caplog.text


class Session:
    """What Streamlit keeps of a tab."""

    id = "hers"


def sessions_of(ttl_seconds):
    """Streamlit's own manager of sessions."""
    return WebsocketSessionManager(MemorySessionStorage(ttl_seconds=ttl_seconds), None, None, None)


@pytest.mark.parametrize(("ttl_seconds", "kept"), [(0, False), (60, True)])
def test_a_session_goes_when_its_time_is_up_although_no_other_tab_is_closed(ttl_seconds, kept):
    session = Session()
    gone = weakref.ref(session)
    sessions = sessions_of(ttl_seconds)
    sessions._session_storage.save(SessionInfo(client=None, session=session))
    del session
    assert gone() is not None, "Streamlit alone keeps it"
    forget_expired(sessions)
    assert (gone() is not None) is kept


def test_sessions_that_are_forgotten_leave_nothing_here():
    hers = jobs_of("hers")
    look(at=0.0)
    assert absent._absent_since
    del hers
    gc.collect()
    look(at=1.0)
    assert not absent._all and not absent._absent_since
