"""Outcomes as text: tables in Markdown."""

from collections.abc import Sequence

import numpy as np

from benchmarks.races.race import Contestant, Finish, RaceOutcome
from engine.arrays import Reals

HEADINGS = (
    *("question", "against", "Vitrine, s", "the other, s", "times faster", "promised", "in processor time"),
    *("peak memory, MB", "agreement"),
)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells under headings."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def spread(values: Reals, form: str = ".2f") -> str:
    """Median and, in brackets, least and greatest."""
    median, low, high = (format(float(find(values)), form) for find in (np.median, np.min, np.max))
    return f"{median} ({low}-{high})"


def race_table(outcomes: Sequence[RaceOutcome]) -> str:
    """A row for each race, and a line for each contestant that says what it ran on."""
    rows = [[outcome.race.name, outcome.race.theirs.name, *_figures(outcome)] for outcome in outcomes]
    return f"{table(HEADINGS, rows)}\n\n{_notes(outcomes)}"


def _figures(outcome: RaceOutcome) -> list[str]:
    """The cells of a race after its name and its other contestant."""
    if outcome.failure:
        return [f"did not run: {outcome.failure}", *[""] * (len(HEADINGS) - 3)]
    ours, theirs, ratios = outcome.ours, outcome.theirs, outcome.ratios("seconds")
    most = max(int(ours.counts.max()), int(theirs.counts.max()))
    return [
        _seconds(ours, most),
        _seconds(theirs, most),
        f"**{spread(ratios, '.1f')}**",
        _promise(outcome.race.promised, float(np.median(ratios))),
        spread(outcome.ratios("processor_seconds"), ".1f"),
        f"{ours.peak_mb:,.0f} / {theirs.peak_mb:,.0f}",
        outcome.agreement,
    ]


def _seconds(finish: Finish, most: int) -> str:
    """Seconds of a lap; where one lap is only a part of all answers, how many times they count."""
    times = most / float(np.median(finish.counts))
    return spread(finish.times("seconds")) + (f" x {times:g}" if times > 1 else "")


def _promise(promised: float | None, ratio: float) -> str:
    if promised is None:
        return ""
    return f"{promised:g}, {'kept' if ratio >= promised else 'not reached'}"


def _notes(outcomes: Sequence[RaceOutcome]) -> str:
    """What each contestant ran on, once."""
    said: list[tuple[Contestant, str]] = []
    for outcome in outcomes:
        for contestant, finish in ((outcome.race.ours, outcome.ours), (outcome.race.theirs, outcome.theirs)):
            if finish.note and all(contestant != known for known, _ in said):
                said.append((contestant, finish.note))
    return "\n".join(f"- {contestant.name}: {note}." for contestant, note in said)
