"""Colours of points: by group, or along a scale."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from components.words import numbers
from components.words.i18n import _
from engine.arrays import AnyFloats, Bools, Bytes
from engine.visualise.colours import SEQUENTIAL, colour_table

NONE = 255
"""Code of a point that has no group or value; it is grey."""

GROUPS = (
    *("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#bcbd22", "#17becf"),
    *("#6baed6", "#ffbb78", "#98df8a", "#ff9896", "#c5b0d5", "#c49c94", "#f7b6d2", "#dbdb8d", "#9edae5"),
)
"""Told apart on light and on dark ground; the strong ones come first. A legend that lights up one group is
the second sign, for more groups than eyes can tell apart.
"""

RIGHT_WRONG = ("#3a87c8", "#e8710a")
"""Blue and orange, which all eyes tell apart."""

STEPS = 64


@dataclass(frozen=True, eq=False)
class Colouring:
    """How points are coloured.

    Attributes:
        title: what the colours mean.
        codes: uint8 (N,), place of each point's colour, or ``NONE``.
        palette: colours, "#rrggbb".
        labels: of each colour, where colours are groups. One more than colours where the last are the others.
        ends: texts of the lowest and the highest value, where colours are a scale; else None.
    """

    title: str
    codes: Bytes
    palette: tuple[str, ...]
    labels: tuple[str, ...] = ()
    ends: tuple[str, str] | None = None


def by_group(title: str, groups: Sequence[str | None], palette: tuple[str, ...] = GROUPS) -> Colouring:
    """A colour for each group, the largest first; those beyond the palette, and points without, are grey.

    Example:
        >>> found = by_group("Label", ["sky", "car", "sky", None])
        >>> found.labels, found.codes.tolist()
        (('sky', 'car'), [0, 1, 0, 255])
    """
    counts = Counter(group for group in groups if group is not None)
    names = [name for name, _count in counts.most_common()]
    shown = names[: len(palette)]
    code = {name: place for place, name in enumerate(shown)}
    codes = np.array([NONE if one is None else code.get(one, NONE) for one in groups], np.uint8)
    more = (
        [_("others ({count})").format(count=numbers.count(len(names) - len(shown)))]
        if len(names) > len(shown)
        else []
    )
    return Colouring(title, codes, tuple(palette[: len(shown)]), (*shown, *more))


def by_right(title: str, right: Bools) -> Colouring:
    """Two colours: right and wrong."""
    codes = np.where(right, 0, 1).astype(np.uint8)
    return Colouring(title, codes, RIGHT_WRONG, (_("right"), _("wrong")))


def by_value(title: str, values: AnyFloats, low: float, high: float) -> Colouring:
    """Colours along a scale from low to high, dark to bright.

    What lies beyond has the colour of the end; nan is grey.
    """
    with np.errstate(invalid="ignore"):
        share = np.clip((values - low) / ((high - low) or 1.0), 0, 1)
    finite = np.isfinite(share)
    codes = np.where(finite, np.rint(np.where(finite, share, 0) * (STEPS - 1)), NONE).astype(np.uint8)
    table = colour_table(SEQUENTIAL)
    inks = table[np.linspace(0, len(table) - 1, STEPS).round().astype(int)]
    palette = tuple("#{:02x}{:02x}{:02x}".format(*ink) for ink in inks.tolist())
    return Colouring(title, codes, palette, ends=(numbers.raw(low, abs(high)), numbers.raw(high, abs(high))))
