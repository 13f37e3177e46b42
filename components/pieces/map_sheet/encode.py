"""Encoding of a map for the browser: few bytes, raw values, packed once."""

from dataclasses import dataclass
from typing import Any
from weakref import ref

import numpy as np

from components.pieces.ink_facts import contour_facts
from components.pieces.zone_picker.geometry import run_lengths
from components.session.media import delivered
from components.words import numbers
from components.words.i18n import _
from engine.arrays import Floats
from engine.explanation import Explanation, Parts
from engine.visualise.overlays import contour_for, share_kept
from engine.visualise.parts import anchors, chosen_parts, hatched, strongest
from engine.visualise.render import Scale, own_scale
from engine.visualise.scales import scale_for

Encoded = dict[str, Any]
STEPS = 65535


@dataclass(frozen=True, eq=False)
class PlainMap:
    """Values that no method of explanation made, such as what a channel makes of a picture.

    Attributes:
        values: float32 (rows, columns), raw.
        signed: whether their sign means something.
        label: what they are, in words.
    """

    values: Floats
    signed: bool
    label: str
    parts: None = None


Shown = Explanation | PlainMap


@dataclass(frozen=True, eq=False)
class Packed:
    """A map as it is sent, but for its cells.

    Attributes:
        scale: its own.
        facts: what the browser has to know besides the cells.
        name: of the cells among the facts.
        cells: of a grid steps 0-65535 from lowest to highest, "<u2"; of superpixels label, length, ... "<u4".
    """

    scale: Scale
    facts: Encoded
    name: str
    cells: bytes


_PACKED: dict[int, tuple[ref[Shown], Packed]] = {}
"""By identity, since explanations are equal where their values are; those that are gone are forgotten."""


def pack(shown: Shown) -> Packed:
    """A map ready to be sent; a map that was packed before is not packed again."""
    place = id(shown)
    known = _PACKED.get(place)
    if known is None:
        packed = _grid(shown) if shown.parts is None else _parts(shown)
        known = _PACKED[place] = ref(shown, lambda _gone: _PACKED.pop(place, None)), packed
    return known[1]


def encode(shown: Shown, place: str) -> Encoded:
    """A map as the browser gets it.

    Args:
        shown: values of the cells of a grid, or of superpixels with what is known of each.
        place: of the map on the page.
    """
    packed = pack(shown)
    return {
        **packed.facts,
        packed.name: {**packed.facts.get(packed.name, {}), **delivered(packed.cells, place)},
    }


def own_scale_of(shown: Shown) -> Scale:
    """The scale of one map by itself."""
    return pack(shown).scale


def _grid(shown: Shown) -> Packed:
    rows, columns = shown.values.shape
    steps, ends = quantised(shown.values)
    facts = {"rows": rows, "columns": columns, "values": ends, **_drawing(shown)}
    scale = own_scale(shown.values, shown.signed) if isinstance(shown, PlainMap) else scale_for(shown)
    return Packed(scale, facts, "values", steps)


def _drawing(shown: Shown) -> Encoded:
    """How opaque a grid is drawn, and the line around its strongest tenth."""
    if isinstance(shown, PlainMap):
        return {"kept": 1.0, "contour": None}
    return {"kept": share_kept(shown), "contour": contour_facts(contour_for(shown))}


def quantised(values: Floats) -> tuple[bytes, dict[str, float]]:
    """Values as 0-65535 from the lowest to the highest, little-endian; exact to 1/131070 of the range."""
    low, high = float(values.min()), float(values.max())
    steps = (
        np.zeros(values.shape) if high == low else (values.astype(np.float64) - low) / (high - low) * STEPS
    )
    return np.rint(steps).astype("<u2").tobytes(), {"low": low, "high": high}


def _parts(explanation: Explanation) -> Packed:
    parts = explanation.parts
    assert parts is not None
    rows, columns = parts.labels.shape
    chosen = chosen_parts(explanation)
    facts = {
        "rows": rows,
        "columns": columns,
        "weights": [float(f"{weight:.5g}") for weight in parts.weights],
        "texts": part_texts(explanation),
        "shown": chosen.tolist(),
        "hatched": hatched(parts, chosen).tolist(),
        "numbers": _numbers(parts),
        "kept": 1.0,
        "contour": None,
    }
    return Packed(scale_for(explanation), facts, "runs", np.array(run_lengths(parts.labels), "<u4").tobytes())


def _numbers(parts: Parts) -> list[list[float]]:
    """Number, row and column, in shares, of each superpixel that the chart names."""
    places = anchors(parts.labels)
    return [[int(part) + 1, *(round(float(share), 4) for share in places[part])] for part in strongest(parts)]


def part_texts(explanation: Explanation) -> list[str]:
    """Weight of each superpixel in words, with its spread over the seeds."""
    parts = explanation.parts
    assert parts is not None
    reach = float(np.abs(parts.weights).max(initial=0.0))
    signed = _("{weight} ± {spread}, opposite sign in {flips} of the seeds")
    texts = []
    for weight, spread, flips in zip(parts.weights, parts.spread, parts.flips, strict=True):
        number = numbers.raw(float(weight), reach)
        banded = signed.format(
            weight=number, spread=numbers.raw(float(spread), reach), flips=numbers.share(float(flips))
        )
        texts.append(banded if explanation.figures.get("seeds", 1) > 1 else number)
    return texts
