"""Ratios of this run against what is promised, and against those of the same class of processor."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

PATH = Path(__file__).with_name("stored.toml")
HEAD = """# How many times faster Vitrine was, in processor time, by class of processor (benchmarks.machine).
# Made by `python -m benchmarks --only quick --keep`; a ratio has fallen where it is less by more
# than the tolerance, a share of it.
"""
TOLERANCE = 0.25


@dataclass(frozen=True)
class MeasuredRatio:
    """How many times faster Vitrine was in one race.

    Attributes:
        name: of the race.
        by_clock: median over the rounds.
        in_processor_time: the same of the time of all cores, which other programs change less.
        promised: how many times by the clock are promised, or None.
        failure: why it was not measured, or empty.
    """

    name: str
    by_clock: float = 0.0
    in_processor_time: float = 0.0
    promised: float | None = None
    failure: str = ""


@dataclass(frozen=True)
class StoredRatios:
    """What a machine of one class reached.

    Attributes:
        machine: in words.
        tolerance: share by which a ratio may be less.
        ratios: in processor time, by the names of races.
    """

    machine: str
    ratios: Mapping[str, float]
    tolerance: float = TOLERANCE

    def least(self, name: str) -> float | None:
        """The smallest ratio that has not fallen; None where none is stored."""
        known = self.ratios.get(name)
        return None if known is None else known * (1 - self.tolerance)


def fallen(found: Sequence[MeasuredRatio], stored: StoredRatios | None) -> list[str]:
    """A line for each ratio that has fallen, or was not measured.

    Args:
        found: of this run.
        stored: of the same class of processor, or None where there are none.
    """
    lines = [f"{one.name}: {why}" for one in found for why in _reasons(one, stored)]
    names = {one.name for one in found}
    gone = [name for name in (stored.ratios if stored else ()) if name not in names]
    return [*lines, *(f"{name}: stored, but not run" for name in gone)]


def _reasons(one: MeasuredRatio, stored: StoredRatios | None) -> list[str]:
    """Why a ratio has fallen."""
    if one.failure:
        return [f"did not run: {one.failure}"]
    least = stored.least(one.name) if stored else None
    said = []
    if one.promised is not None and one.by_clock < one.promised:
        said.append(f"{one.by_clock:.2f} times by the clock, promised {one.promised:g}")
    if stored and least is not None and one.in_processor_time < least:
        said.append(
            f"{one.in_processor_time:.2f} times in processor time, stored {stored.ratios[one.name]:.2f}, "
            f"at least {least:.2f}"
        )
    return said


def read_stored(path: Path = PATH) -> dict[str, StoredRatios]:
    """What is stored, by class of processor."""
    found = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    return {name: StoredRatios(**table) for name, table in found.items()}


def keep_ratios(name: str, machine: str, found: Sequence[MeasuredRatio], path: Path = PATH) -> None:
    """Stores the ratios of a class of processor in the place of those that it had.

    Raises:
        ValueError: one of them was not measured.
    """
    failed = [one.name for one in found if one.failure]
    if failed:
        raise ValueError(f"Not kept, since these did not run: {', '.join(failed)}")
    known = read_stored(path)
    ratios = {one.name: one.in_processor_time for one in found}
    before = known.get(name)
    known[name] = replace(before, machine=machine, ratios=ratios) if before else StoredRatios(machine, ratios)
    parts = (_as_toml(one, known[one]) for one in sorted(known))
    path.write_text("\n".join([HEAD, *parts]), "utf-8")


def _as_toml(name: str, stored: StoredRatios) -> str:
    """One table; strings of JSON are strings of TOML."""
    lines = [f"[{name}]", f"machine = {json.dumps(stored.machine)}", f"tolerance = {stored.tolerance}"]
    ratios = [f"{json.dumps(race)} = {ratio:.2f}" for race, ratio in stored.ratios.items()]
    return "\n".join([*lines, "", f"[{name}.ratios]", *ratios, ""])
