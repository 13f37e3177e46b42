"""Patience of a page for an answer that may come at once."""

from dataclasses import dataclass

import pytest

from components.session import waiting
from components.session.waiting import (
    BEGIN_SECONDS,
    FORGET_SECONDS,
    GRACE_SECONDS,
    STEP_SECONDS,
    soon,
    waited,
    within,
)


@dataclass
class Clock:
    now: float = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Job:
    clock: Clock
    begins: float
    ends: float

    @property
    def finished(self) -> bool:
        return self.clock.now >= self.ends

    @property
    def state(self) -> str:
        return "done" if self.finished else "running" if self.clock.now >= self.begins else "waiting"


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(waiting, "time", made)
    return made


@pytest.mark.parametrize(
    ("begins", "ends", "there", "most"),
    [
        (0.0, 0.0, True, 0.0),
        (0.05, 0.3, True, 0.3),
        (0.0, 9.0, False, GRACE_SECONDS),
        (5.0, 9.0, False, BEGIN_SECONDS),
    ],
    ids=["there", "in a moment", "takes long", "stands behind others"],
)
def test_what_a_page_holds_on_for(clock, begins, ends, there, most):
    assert soon(Job(clock, begins, ends)) is there
    assert most - STEP_SECONDS <= clock.now <= most + 2 * STEP_SECONDS


def test_it_holds_on_longer_where_that_is_asked_for(clock):
    assert soon(Job(clock, 0.0, 2 * GRACE_SECONDS), grace=3 * GRACE_SECONDS)


def test_the_last_of_several_counts(clock):
    assert not soon(Job(clock, 0.0, 0.0), Job(clock, 5.0, 9.0))


def test_a_moment_ends_when_something_is_ready_or_is_over(clock):
    assert within(1.0, lambda: clock.now > 0.2) and clock.now < 0.3
    assert not within(1.0, lambda: False) and clock.now < 1.5


def test_a_wait_is_counted_while_a_page_shows_it(clock, monkeypatch):
    waits = {}
    monkeypatch.setattr(waiting, "once", lambda key, make: waits)
    assert waited("model") == 0
    clock.now = 4.0
    assert waited("model") == 4 and waited("preview") == 0
    clock.now += FORGET_SECONDS + 1
    assert waited("model") == 0
