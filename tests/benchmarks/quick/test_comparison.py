"""Ratios that must not fall: promises by the clock, stored ratios in processor time, and the exit code."""

import pytest

from benchmarks.machine import OTHER, processor_class
from benchmarks.quick.comparison import MeasuredRatio, StoredRatios, fallen, keep_ratios, read_stored
from benchmarks.quick.report import CHOSEN, chosen, ratio_of
from benchmarks.races.measures import DIFFERENCE
from benchmarks.races.race import Contestant, Finish, Lap, Race, RaceOutcome, TimedTask
from benchmarks.results import Fallen, Results

STORED = StoredRatios("a machine", {"lime": 4.0, "rise": 1.2}, tolerance=0.25)


def of(lime: float, rise: float, promised: float | None = None) -> list[MeasuredRatio]:
    """Ratios of the two races, the same by the clock and in processor time."""
    return [MeasuredRatio("lime", lime, lime, promised), MeasuredRatio("rise", rise, rise)]


def test_a_ratio_may_be_less_by_the_tolerance_and_not_by_more():
    assert fallen(of(3.0, 0.9), STORED) == []
    assert fallen(of(2.99, 5.0), STORED) == ["lime: 2.99 times in processor time, stored 4.00, at least 3.00"]


def test_a_promise_holds_by_the_clock_on_every_class_of_processor():
    busy = [MeasuredRatio("lime", by_clock=1.9, in_processor_time=4.0, promised=2)]
    assert fallen(busy, None) == ["lime: 1.90 times by the clock, promised 2"]
    assert fallen([MeasuredRatio("lime", by_clock=2.0, in_processor_time=0.1, promised=2)], None) == []


def test_what_did_not_run_has_fallen():
    broken = [MeasuredRatio("lime", failure="no network")]
    assert fallen(broken, STORED) == ["lime: did not run: no network", "rise: stored, but not run"]
    with pytest.raises(ValueError, match="lime"):
        keep_ratios("avx2", "here", broken)


def test_ratios_are_stored_by_class_and_a_tolerance_set_by_hand_stays(tmp_path):
    path = tmp_path / "stored.toml"
    keep_ratios("avx2", 'a "quick" one', of(4, 1.25), path)
    keep_ratios("bf16", "another", of(9, 2), path)
    assert list(read_stored(path)) == ["avx2", "bf16"]
    assert read_stored(path)["avx2"] == StoredRatios('a "quick" one', {"lime": 4.0, "rise": 1.25})
    path.write_text(path.read_text().replace("tolerance = 0.25", "tolerance = 0.1", 1))
    keep_ratios("avx2", "newer", of(5, 1), path)
    assert read_stored(path)["avx2"] == StoredRatios("newer", {"lime": 5.0, "rise": 1.0}, 0.1)


@pytest.mark.parametrize(
    ("flags", "name"),
    [
        ("fpu avx avx2 fma", "avx2"),
        ("avx2 avx512f avx512_vnni", "avx512"),
        ("avx2 avx512f avx512_bf16", "bf16"),
        ("sse2", OTHER),
    ],
)
def test_the_class_of_a_processor_is_the_best_that_it_can_do(flags, name, tmp_path):
    (tmp_path / "cpuinfo").write_text(f"model name\t: One\nflags\t\t: {flags}\n")
    assert processor_class(tmp_path / "cpuinfo") == name
    assert processor_class(tmp_path / "none") == OTHER


def test_a_ratio_is_the_median_of_the_rounds_by_each_clock():
    def finish(*laps: tuple[float, float]) -> Finish:
        return Finish(tuple(Lap(*lap, 1.0) for lap in laps), ({"answer": 0},) * len(laps))

    race = Race("lime", Contestant("ours", TimedTask), Contestant("lime", TimedTask), DIFFERENCE, promised=2)
    outcome = RaceOutcome(race, finish((1, 1), (1, 1), (1, 1)), finish((9, 3), (2, 4), (3, 5)))
    assert ratio_of(outcome) == MeasuredRatio("lime, lime", 3, 4, 2)
    gone = RaceOutcome(race, finish((1, 1)), Finish(failure="no network"))
    assert ratio_of(gone) == MeasuredRatio("lime, lime", failure="lime: no network")


def test_the_ratios_of_this_repository_are_of_races_that_there_are():
    names = {f"{race.name}, {race.theirs.name}" for part in CHOSEN for race in chosen(part)}
    assert len(names) >= 9 and all(chosen(part) for part in CHOSEN)
    assert all(stored.ratios.keys() <= names for stored in read_stored().values())


def test_a_ratio_that_has_fallen_fails_the_command_and_the_part_keeps_its_rows(capfd):
    def part() -> None:
        print("| lime | 2.99 |")
        raise Fallen("FALLEN: lime: 2.99 times")

    results = Results(False)
    results.add("quick", part)
    results.add("broken", lambda: 1 // 0)
    results.add("sound", lambda: "## sound\n")
    assert results.failed == ["quick", "broken"]
    printed = capfd.readouterr().out
    assert (
        printed.index("| lime | 2.99 |") < printed.index("FALLEN: lime: 2.99 times") and "## sound" in printed
    )
