"""What the browser has to know to draw a map as the engine does: a table of inks, and lines."""

from functools import lru_cache
from typing import Any

import numpy as np

from engine.arrays import Floats
from engine.phrase import later
from engine.visualise.contours import Contour
from engine.visualise.inks import BY_VALUE, FLAT, Look, ink_table
from engine.visualise.render import Scale

USUAL = {"value": round(BY_VALUE * 100), "flat": round(FLAT * 100)}
"""Opacity in percent that a map has at first, by value and flat."""

CONTOURED = later("Thin line: the top 10 % of the map, or less.")
ORDER_OPEN = later("The cells cannot be ranked yet: their 95 % bands overlap. The map is drawn faded.")
_FINE = 2000
"""Steps of a point of a contour from one edge of the picture to the other."""


@lru_cache(maxsize=256)
def ink_texts(scale: Scale) -> list[str]:
    """Colour and opacity of each step of a scale, as CSS writes them: "#fca50aff"."""
    return ["#{:02x}{:02x}{:02x}{:02x}".format(*ink) for ink in ink_table(scale).tolist()]


def view_facts(look: Look) -> dict[str, Any]:
    """How a map is shown."""
    return {"opacity": round(look.opacity * 100), "smooth": look.smooth, "flat": look.flat}


def contour_facts(contour: Contour | None) -> dict[str, Any] | None:
    """A contour: points x0, y0, x1, y1, ... of each ring in steps, and the cells inside, row by row."""
    if contour is None:
        return None
    rows, columns = contour.cells.shape
    return {
        "fine": _FINE,
        "rings": [_stepped(ring) for ring in contour.rings],
        "rows": rows,
        "columns": columns,
        "cells": np.flatnonzero(contour.cells).tolist(),
    }


def _stepped(ring: Floats) -> list[int]:
    return np.rint(ring * _FINE).astype(int).ravel().tolist()
