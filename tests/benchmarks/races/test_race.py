"""Races: contestants in processes of their own, medians, ratios for the same number of answers, the table."""

import os

import numpy as np
import pytest

from benchmarks.races.measures import DIFFERENCE, RANKS
from benchmarks.races.race import Contestant, Finish, Lap, Race, RaceOutcome, TimedTask
from benchmarks.races.runner import run_contestants, run_races
from benchmarks.races.tables import race_table

TOTAL_MB = 200


def counting(start: int, note: str = "") -> TimedTask:
    """Answers its own lap, from ``start``; the process and the environment are told."""
    return TimedTask(
        lambda lap: {f"answer {lap}": np.full(2, start + lap, np.float32)},
        note=note or f"{os.getpid()} {os.environ['TOLD']}",
    )


def heavy() -> TimedTask:
    """Holds much memory for a moment."""
    return TimedTask(lambda lap: {"sum": np.ones(TOTAL_MB * 2**17).sum(keepdims=True)})


def failing(where: str) -> TimedTask:
    """Does not arrive."""
    if where == "start":
        raise ValueError("no such network")
    if where == "death":
        return TimedTask(lambda lap: os._exit(3), warm=lambda: None)
    return TimedTask(lambda lap: 1 / (1 - lap), warm=lambda: None)


def contestant(name: str, **options: object) -> Contestant:
    return Contestant(name, counting, options, {"TOLD": name})


@pytest.fixture(scope="module")
def finishes():
    """Everybody of one race, since starting a process takes the most time."""
    others = [Contestant("start", failing, {"where": "start"}), Contestant("lap", failing, {"where": "lap"})]
    others += [Contestant("death", failing, {"where": "death"}), Contestant("heavy", heavy)]
    return dict(
        zip(
            ["one", "two", "start", "lap", "death", "heavy"],
            run_contestants([contestant("one", start=0), contestant("two", start=5), *others], 2),
            strict=True,
        )
    )


@pytest.mark.processes
def test_contestants_take_turns_in_processes_of_their_own(finishes):
    one, two = finishes["one"], finishes["two"]
    assert [len(finish.laps) for finish in (one, two)] == [2, 2] and not one.failure
    assert [float(two.by_name[name][0]) for name in ("answer 0", "answer 1")] == [5, 6]
    (process, told), (other, other_told) = one.note.split(), two.note.split()
    assert len({process, other, str(os.getpid())}) == 3 and (told, other_told) == ("one", "two")


@pytest.mark.processes
def test_memory_is_that_of_the_contestant(finishes):
    assert 0.8 * TOTAL_MB < finishes["heavy"].peak_mb - finishes["one"].peak_mb < 1.5 * TOTAL_MB


@pytest.mark.processes
def test_who_fails_says_why_and_the_others_go_on(finishes):
    assert finishes["start"].failure == "ValueError: no such network"
    assert finishes["lap"].failure.startswith("ZeroDivisionError") and len(finishes["lap"].laps) == 1
    assert finishes["death"].failure == "its process ended with code 3"


@pytest.mark.processes
def test_equal_contestants_of_two_races_run_once():
    ours, theirs = contestant("ours", start=0), contestant("theirs", start=0)
    races = [
        Race("first", ours, theirs, DIFFERENCE),
        Race("second", contestant("ours", start=0), theirs, RANKS),
    ]
    first, second = run_races(races, 1)
    assert first.ours is second.ours and first.theirs is second.theirs
    assert first.agreement == "largest difference 0e+00 of the maximum; 1 compared"


def finish(seconds, answers, note=""):
    """Laps of so many seconds and twice as many of the processor, 100 MB, each with some of the answers."""
    laps = tuple(Lap(second, 2 * second, 100.0) for second in seconds)
    return Finish(
        laps, tuple({name: np.array([1, 2, 3], np.float32) for name in found} for found in answers), note
    )


def test_a_row_has_medians_and_ratios_for_the_same_number_of_answers():
    """Ours answers a, b and c in a lap, the other one of them: (6, 12, 30) s for one are (18, 36, 90) s for
    three.
    """
    ours, theirs = finish((2, 3, 4), ["abc"] * 3, "quick"), finish((6, 12, 30), ["a", "b", "a"], "slow")
    race = Race(
        "three maps", Contestant("Vitrine", counting), Contestant("Peer", counting), DIFFERENCE, promised=10
    )
    outcome = RaceOutcome(race, ours, theirs)
    assert outcome.ratios("seconds").tolist() == [9, 12, 22.5] == outcome.ratios("processor_seconds").tolist()
    row, *notes = [line for line in race_table([outcome]).splitlines()[2:] if line]
    cells = [
        "three maps",
        "Peer",
        "3.00 (2.00-4.00)",
        "12.00 (6.00-30.00) x 3",
        "**12.0 (9.0-22.5)**",
        "10, kept",
        "12.0 (9.0-22.5)",
    ]
    assert row == f"| {' | '.join(cells)} | 100 / 100 | largest difference 0e+00 of the maximum; 2 compared |"
    assert notes == ["- Vitrine: quick.", "- Peer: slow."]


def test_where_the_other_draws_anew_in_each_lap_its_own_agreement_is_told():
    ours, again = finish([1, 1], ["a", "a"]), finish([1, 1], ["a", "a"])
    again.answers[0]["a"][:] = (3, 2, 1)
    race = Race("one map", Contestant("Vitrine", counting), Contestant("Peer", counting), RANKS)
    said = "rank correlation 1.00; 1 compared; theirs among themselves: rank correlation -1.00; 1 compared"
    assert RaceOutcome(race, ours, again).agreement == said


def test_a_promise_that_is_not_kept_and_a_contestant_that_failed_are_said():
    race = Race(
        "one map", Contestant("Vitrine", counting), Contestant("Peer", counting), DIFFERENCE, promised=10
    )
    assert "10, not reached" in race_table([RaceOutcome(race, finish([1], ["a"]), finish([9.9], ["a"]))])
    assert "| one map | Peer | did not run: Peer: no network |" in race_table(
        [RaceOutcome(race, finish([1], ["a"]), Finish(failure="no network"))]
    )


def test_a_coarse_map_is_compared_at_the_size_of_the_other():
    ramp = np.repeat(np.arange(4, dtype=np.float32)[:, None], 4, axis=1)
    fine = np.repeat(np.linspace(-0.5, 3.5, 65, dtype=np.float32)[:-1, None], 64, axis=1)
    assert RANKS.said([(ramp, fine)]) == "rank correlation 1.00; 1 compared"
    assert (
        DIFFERENCE.said([(ramp, ramp), (ramp, 1.1 * ramp)])
        == "largest difference 9e-02 of the maximum; 2 compared"
    )
    assert DIFFERENCE.said([]) == "nothing in common"
