"""Jobs of a session: what is not shown is let go."""

import pytest

from components.jobs.job_set import JobSet
from components.session import keys as session


class Job:
    state = "running"

    def cancel(self):
        self.state = "cancelled"


@pytest.fixture
def jobs(monkeypatch):
    memory = {}
    monkeypatch.setattr("components.jobs.job_set.once", lambda key, make: memory.setdefault(key, make()))
    assert session.ORDERS not in memory
    return JobSet(session.ORDERS)


def test_what_is_not_wanted_is_let_go(jobs):
    first, second = Job(), Job()
    jobs.start("a", lambda: first)
    jobs.start("b", lambda: second)
    jobs.keep_only(["b", "c"])
    assert (first.state, second.state) == ("cancelled", "running")
    assert jobs.get("a") is None and jobs.get("b") is second


def test_what_is_stopped_keeps_its_place(jobs):
    jobs.start("a", Job)
    jobs.stop()
    assert jobs.get("a").state == "cancelled"


def test_a_new_job_takes_the_place_of_the_old_one(jobs):
    first, second = Job(), Job()
    jobs.start("a", lambda: first)
    jobs.start("a", lambda: second)
    assert first.state == "cancelled" and jobs.get("a") is second


def test_jobs_of_another_picture_are_let_go(jobs):
    old, new = Job(), Job()
    jobs.start(("model", "old picture"), lambda: old)
    jobs.start(("model", "new picture"), lambda: new)
    jobs.keep_where(lambda key: key[1] == "new picture")
    assert (old.state, new.state) == ("cancelled", "running")
