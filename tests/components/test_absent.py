"""Jobs of tabs that were closed."""

from __future__ import annotations

import gc

import pytest

from components import absent
from components.absent import PATIENCE_SECONDS, Jobs, leave_absent


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


def test_sessions_that_are_forgotten_leave_nothing_here():
    hers = jobs_of("hers")
    look(at=0.0)
    assert absent._absent_since
    del hers
    gc.collect()
    look(at=1.0)
    assert not absent._all and not absent._absent_since
