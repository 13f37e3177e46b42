"""The quick part: a few races of the others, small, each against what it must reach."""

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module

import numpy as np

from benchmarks.effort import QUICK
from benchmarks.machine import describe, processor_class
from benchmarks.quick.comparison import MeasuredRatio, StoredRatios, fallen, keep_ratios, read_stored
from benchmarks.races.race import Race, RaceOutcome
from benchmarks.races.report import MODULES
from benchmarks.races.runner import run_races
from benchmarks.races.tables import table
from benchmarks.results import Fallen

EFFORT = replace(QUICK, masks=1024, samples=1000, filters=64, rounds=3)
ROUNDS = {"speed": 2, "gradients": 2, "filters": 2, "rates": 2}
"""Of parts whose laps are long; the others have those of ``EFFORT``."""

CHOSEN = {
    "speed": (
        "one zone, f32, Xplique, Hugging Face's model",
        "one zone, bf16, Xplique, Hugging Face's model",
    ),
    "occlusion": ("rise, dogs-vgg, Xplique",),
    "lime": ("LIME, dogs-vgg, lime, model.predict, batches of 64",),
    "gradients": ("11 layers of InceptionV3",),
    "filters": ("",),
    "rates": ("",),
}
"""Beginnings of the names of the races of each part."""

COLUMNS = ("race", "times faster", "promised", "in processor time", "stored", "verdict")


def report(keep: bool) -> None:
    """Run the races, print a row for each, and say which have fallen.

    Args:
        keep: whether the ratios are stored as those of this class of processor.

    Raises:
        Fallen: a ratio has fallen.
    """
    kind = processor_class()
    stored = read_stored().get(kind)
    print("## Ratios that must not fall\n", f"Class of processor: {kind}; {_against(stored)}\n", sep="\n")
    print(table(COLUMNS, []), flush=True)
    found: list[MeasuredRatio] = []
    for one in _measured():
        print("| " + " | ".join(_row(one, stored)) + " |", flush=True)
        found.append(one)
    if keep:
        keep_ratios(kind, describe(), found)
        stored = read_stored()[kind]
    lines = fallen(found, stored)
    if lines:
        raise Fallen("\n".join(f"FALLEN: {line}" for line in lines))
    print(f"\nAll {len(found)} ratios hold.")


def _against(stored: StoredRatios | None) -> str:
    if stored is None:
        return "nothing is stored of it yet; `--keep` stores the ratios of this run."
    return f"stored from {stored.machine}; a ratio may be {stored.tolerance:.0%} less."


def chosen(part: str) -> list[Race]:
    """The races of a part that are run."""
    races: list[Race] = import_module(f"benchmarks.races.{MODULES[part]}").races(EFFORT)
    return [race for race in races if name_of(race).startswith(CHOSEN[part])]


def name_of(race: Race) -> str:
    """The question and the other contestant."""
    return f"{race.name}, {race.theirs.name}"


def _measured() -> Iterator[MeasuredRatio]:
    """Part by part, as they come."""
    for part in CHOSEN:
        for outcome in run_races(chosen(part), ROUNDS.get(part, EFFORT.rounds)):
            yield ratio_of(outcome)


def ratio_of(outcome: RaceOutcome) -> MeasuredRatio:
    """Medians over the rounds."""
    name = name_of(outcome.race)
    if outcome.failure:
        return MeasuredRatio(name, failure=outcome.failure)
    by_clock, in_processor_time = (
        float(np.median(outcome.ratios(clock))) for clock in ("seconds", "processor_seconds")
    )
    return MeasuredRatio(name, by_clock, in_processor_time, outcome.race.promised)


def _row(one: MeasuredRatio, stored: StoredRatios | None) -> list[str]:
    known = stored.ratios.get(one.name) if stored else None
    return [
        one.name,
        f"{one.by_clock:.2f}",
        "" if one.promised is None else f"{one.promised:g}",
        f"{one.in_processor_time:.2f}",
        "" if known is None else f"{known:.2f}",
        "fallen"
        if fallen([one], stored and replace(stored, ratios={one.name: known} if known else {}))
        else "holds",
    ]
