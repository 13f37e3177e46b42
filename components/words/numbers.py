"""Formats of numbers, shares and durations: the only place that writes them."""

import math
from datetime import date, datetime

from components.words.i18n import LANGUAGES, _, language, localised, plural

MINUTE = 60


def count(value: int) -> str:
    """A whole number: 2,112."""
    return localised(f"{value:,}")


def decimal(value: float, places: int) -> str:
    """A number with so many decimals: 0.931."""
    return localised(f"{value:.{places}f}")


def general(value: float, digits: int) -> str:
    """A number with so many digits that count: 1.9, 4e-05."""
    return localised(f"{value:.{digits}g}")


def separators() -> str:
    """The signs in numbers as Plotly takes them: that before decimals, that between thousands."""
    signs = LANGUAGES[language()]
    return signs.point + signs.thousands


def moment(value: datetime) -> str:
    """Date and time of day: 2026-11-21 17:40."""
    return value.strftime(LANGUAGES[language()].date)


def day(value: date) -> str:
    """A day: 2026-11-21."""
    return value.strftime(LANGUAGES[language()].date.split()[0])


def share(value: float) -> str:
    """A share 0-1 in percent: 4.1 %, 23 %, under 0.1 %; what is not all is not called 100 %."""
    percent = value * 100
    if 0 < percent < 0.1:
        return _("under 0.1 %")
    if 99.9 < percent < 100:
        return _("over 99.9 %")
    digits = 0 if 9.95 <= percent < 99.5 or percent >= 100 else 1
    return _("{percent} %").format(percent=localised(f"{percent:.{digits}f}"))


def probability(value: float) -> str:
    """A probability 0-1, or a correlation, with two digits: 0.93; never -0.00."""
    return localised(f"{round(value, 2) + 0.0:.2f}")


def raw(value: float, reach: float = 1.0) -> str:
    """A raw value of a map with three digits relative to the greatest of them; never -0.000.

    Args:
        value: what is written.
        reach: greatest magnitude on the same scale.
    """
    places = decimals(reach)
    if places is None and not value:
        return "0"
    return localised(f"{value:.2e}" if places is None else f"{round(value, places) + 0.0:.{places}f}")


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
    return plural("{count} model evaluation", "{count} model evaluations", value).format(count=count(value))


def duration(seconds: float) -> str:
    """A duration in the unit a person would say: 0.4 s, 50 s, 4 min 10 s, 2 h 5 min."""
    if seconds < 0.05:
        return _("under 0.1 s")
    if seconds < 9.5:
        return _seconds(f"{seconds:.1f}" if seconds < 1 else f"{seconds:.0f}")
    whole = round(seconds)
    if whole < 2 * MINUTE:
        return _seconds(str(whole))
    if whole < MINUTE * MINUTE:
        minutes, rest = divmod(whole, MINUTE)
        if rest and minutes < 10:
            return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
        return _("{minutes} min").format(minutes=round(whole / MINUTE))
    hours, rest = divmod(round(whole / MINUTE), MINUTE)
    return (_("{hours} h {minutes} min") if rest else _("{hours} h")).format(hours=hours, minutes=rest)


def _seconds(text: str) -> str:
    return _("{seconds} s").format(seconds=localised(text))


def milliseconds(seconds: float) -> str:
    """A short duration: 20 ms, 0.81 ms."""
    return _("{milliseconds} ms").format(milliseconds=localised(f"{float(f'{seconds * 1000:.2g}'):g}"))


def estimated_duration(seconds: float) -> str:
    """An estimated duration, no finer than the estimate: about 50 s."""
    coarse = (
        seconds if seconds < 10 else round(seconds / 5) * 5 if seconds < MINUTE else round(seconds / 10) * 10
    )
    return duration(0) if seconds < 0.05 else _("about {duration}").format(duration=duration(coarse))


def cost(runs_count: int, seconds: float) -> str:
    """What a pass costs before it starts: 2,112 runs, about 50 s."""
    return f"{runs(runs_count)}, {estimated_duration(seconds)}"


def megabytes(value: float) -> str:
    """A file size: 15 MB."""
    return _("{size} MB").format(size=localised(f"{value:,.0f}"))
