"""How numbers, shares and durations are written: the only place."""

from __future__ import annotations

import math

from components.i18n import _, plural

MINUTE = 60


def count(value: int) -> str:
    """A whole number: 2,112."""
    return f"{value:,}"


def share(value: float) -> str:
    """A share 0-1 in percent: 4.1 %, 23 %, under 0.1 %."""
    percent = value * 100
    if 0 < percent < 0.1:
        return _("under 0.1 %")
    return f"{percent:.0f} %" if percent >= 9.95 else f"{percent:.1f} %"


def probability(value: float) -> str:
    """A probability 0-1, or a correlation, with two digits: 0.93; never -0.00."""
    return f"{round(value, 2) + 0.0:.2f}"


def raw(value: float, reach: float = 1.0) -> str:
    """A raw value of a map with three digits relative to the greatest of them; never -0.000.

    Args:
        value: what is written.
        reach: greatest magnitude on the same scale.
    """
    places = decimals(reach)
    if places is None and not value:
        return "0"
    return f"{value:.2e}" if places is None else f"{round(value, places) + 0.0:.{places}f}"


def decimals(reach: float) -> int | None:
    """How many decimals raw values are written with, or None for powers of ten.

    Args:
        reach: greatest magnitude among them.
    """
    if not reach:
        return 3
    if not 1e-3 <= abs(reach) < 1e4:
        return None
    return min(6, max(0, 2 - math.floor(math.log10(abs(reach)))))


def runs(value: int) -> str:
    """A number of model runs: 2,112 runs."""
    return plural("{count} run", "{count} runs", value).format(count=count(value))


def duration(seconds: float) -> str:
    """A duration in the unit a person would say: 0.4 s, 50 s, 4 min 10 s, 2 h 5 min."""
    if seconds < 0.05:
        return _("under 0.1 s")
    if seconds < 9.5:
        return f"{seconds:.1f} s" if seconds < 1 else f"{seconds:.0f} s"
    whole = round(seconds)
    if whole < 2 * MINUTE:
        return f"{whole} s"
    if whole < MINUTE * MINUTE:
        minutes, rest = divmod(whole, MINUTE)
        return f"{minutes} min {rest} s" if rest and minutes < 10 else f"{round(whole / MINUTE)} min"
    hours, rest = divmod(round(whole / MINUTE), MINUTE)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def milliseconds(seconds: float) -> str:
    """A short duration: 20 ms, 0.81 ms."""
    return f"{float(f'{seconds * 1000:.2g}'):g} ms"


def about(seconds: float) -> str:
    """An estimated duration, no finer than the estimate: about 50 s."""
    coarse = seconds if seconds < 10 else round(seconds / 5) * 5 if seconds < MINUTE else round(seconds / 10) * 10
    return duration(0) if seconds < 0.05 else _("about {duration}").format(duration=duration(coarse))


def cost(runs_count: int, seconds: float) -> str:
    """What a pass costs before it starts: 2,112 runs, about 50 s."""
    return f"{runs(runs_count)}, {about(seconds)}"


def megabytes(value: float) -> str:
    """A file size: 15 MB."""
    return f"{value:,.0f} MB"
