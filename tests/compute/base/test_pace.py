"""The estimate follows what is measured, and says how far it is from what was expected."""

from time import monotonic

import pytest

from compute.base.pace import pace_of
from compute.work.contract import Progress, measured_progress

EXPECTED = 0.05


def arrivals(gap, chunks=8, runs=20, ago=0.0):
    """Chunks that came every so many seconds, the last one so long ago."""
    last = monotonic() - ago
    return [(last - gap * (chunks - 1 - place), runs) for place in range(chunks)]


def test_before_two_chunks_the_expected_pace_holds():
    for some in ([], arrivals(1.0, chunks=1)):
        pace = pace_of(some, EXPECTED)
        assert (pace.seconds_per_run, pace.slowdown) == (EXPECTED, None)
        assert pace.seconds_left(1000) == 50


def test_a_busy_machine_is_measured():
    """A pass of 51 s became 350 s: chunks of a second took seven."""
    pace = pace_of(arrivals(7.0), EXPECTED)
    assert pace.slowdown == pytest.approx(7, rel=0.01)
    assert pace.seconds_left(1000) == pytest.approx(350, rel=0.02)
    assert pace_of(arrivals(1.0), EXPECTED).slowdown == pytest.approx(1, rel=0.01)
    assert pace_of(arrivals(0.5), EXPECTED).slowdown == pytest.approx(0.5, rel=0.01)


def test_a_chunk_that_does_not_come_counts_while_one_is_to_come():
    late = arrivals(1.0, chunks=4, ago=20.0)
    assert pace_of(late, EXPECTED).slowdown == pytest.approx(23 / 4, rel=0.02)
    assert pace_of(late, EXPECTED).seconds_left(100) > 100 * EXPECTED
    assert pace_of(late, EXPECTED, waiting=False).slowdown == pytest.approx(1, rel=0.02)


def test_a_pace_is_not_told_from_a_moment():
    assert pace_of(arrivals(0.1, chunks=3), 0.001).slowdown is None
    assert pace_of(arrivals(9.0, chunks=2, runs=1), 1.0).slowdown is None


def test_progress_has_it_only_while_something_runs():
    pace = pace_of(arrivals(7.0), EXPECTED)
    running = measured_progress(Progress(100, 1100, 9.0, None, "running"), pace)
    assert running.seconds_left == pytest.approx(350, rel=0.02) and running.slowdown > 6
    waiting = measured_progress(Progress(100, 1100, 9.0, None, "waiting"), pace)
    assert (waiting.seconds_left, waiting.slowdown) == (None, None)
    assert measured_progress(Progress(100, 100, 9.0, None, "done"), pace).seconds_left == 0
