"""A map on its way to the browser: few bytes, raw values."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from components import numbers
from components.i18n import _
from components.zone_picker.geometry import run_lengths

if TYPE_CHECKING:
    from components.map_sheet import PlainMap
    from engine.explanation import Explanation

Encoded = dict[str, Any]
STEPS = 65535


def encode(shown: Explanation | PlainMap) -> Encoded:
    """Values of the cells of a grid, or of superpixels with what is known of each."""
    return _grid(shown.values) if shown.parts is None else _parts(shown)


def _grid(values: npt.NDArray[np.float32]) -> Encoded:
    rows, columns = values.shape
    return {"rows": rows, "columns": columns, "values": quantised(values)}


def quantised(values: npt.NDArray[np.float32]) -> dict[str, Any]:
    """Values as whole numbers 0-65535 between the lowest and the highest, little-endian, in base 64: exact to 1/131070 of the range."""
    low, high = float(values.min()), float(values.max())
    steps = np.zeros(values.shape) if high == low else (values.astype(np.float64) - low) / (high - low) * STEPS
    text = base64.b64encode(np.rint(steps).astype("<u2").tobytes()).decode()
    return {"text": text, "low": low, "high": high}


def _parts(explanation: Explanation) -> Encoded:
    from engine.visualise.parts import shown, survives

    parts = explanation.parts
    assert parts is not None
    rows, columns = parts.labels.shape
    params = explanation.params
    chosen = shown(parts, int(params["shown"]), str(params["sign"]))
    return {
        "rows": rows,
        "columns": columns,
        "runs": run_lengths(parts.labels),
        "weights": [float(f"{weight:.5g}") for weight in parts.weights],
        "texts": part_texts(explanation),
        "shown": chosen.tolist(),
        "hatched": (chosen & ~survives(parts)).tolist(),
    }


def part_texts(explanation: Explanation) -> list[str]:
    """Weight of each superpixel in words, with its spread over the seeds."""
    parts = explanation.parts
    assert parts is not None
    reach = float(np.abs(parts.weights).max(initial=0.0))
    signed = _("{weight} ± {spread}, other sign in {flips} of the seeds")
    texts = []
    for weight, spread, flips in zip(parts.weights, parts.spread, parts.flips, strict=True):
        number = numbers.raw(float(weight), reach)
        banded = signed.format(weight=number, spread=numbers.raw(float(spread), reach), flips=numbers.share(float(flips)))
        texts.append(banded if explanation.params.get("seeds", 1) > 1 else number)
    return texts
