"""Runs that grade maps, as rows of perturbation methods: what scores all targets at once serves all maps.

Two passes: one that all maps of an image share (random subsets of cells, and the curves of maps that know
nothing of the model), and one of a map's own curves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.arrays import AnyFloats, Bools, Floats, Indices, Pixels, Reals
from engine.errors import ParamsError
from engine.perturbation.designs.cells import GridCells
from engine.perturbation.plan import Estimate
from engine.trust.counts import ENDS, RANDOM, SUBSETS, curve_runs
from engine.trust.on_cells import coarse, means_on
from engine.trust.pass_params import CommonParams, OwnParams
from engine.trust.rankings import curve_masks, from_text, rankings

HIDDEN = 0.2
"""Share of the cells that each subset hides, as in the paper on infidelity that MuFidelity is taken from."""


@dataclass(frozen=True, eq=False)
class GradePlan:
    """Masks that are written down, each a run.

    Attributes:
        cells: of the grid.
        drawn: float32 (runs, cells).
    """

    cells: GridCells
    drawn: Floats

    @property
    def runs(self) -> int:
        return len(self.drawn)

    @property
    def replicate(self) -> Indices:
        return np.zeros(self.runs, np.intp)

    def masks(self, start: int, stop: int) -> Floats:
        return self.drawn[start:stop]


@dataclass(frozen=True, eq=False)
class OwnPlan(GradePlan):
    """The image seen through a map, and the curves of its rankings; equal masks are one run.

    Attributes:
        place: (masks,), the run of each mask: orders of equal cells differ in a part of their steps only.
    """

    place: Indices


@dataclass(frozen=True, eq=False)
class CommonPlan(GradePlan):
    """The two ends, random subsets, and the curves of the baselines.

    Attributes:
        baselines: float64 (RANDOM + 2, cells), values of the baselines on the cells: random maps, edges, a
            Gaussian in the middle.
    """

    baselines: Reals

    @property
    def replicate(self) -> Indices:
        """Each random map with its share of the random subsets; the ends, edges and centre with the first."""
        subsets, curves = np.arange(SUBSETS) % RANDOM, np.repeat(np.arange(RANDOM), curve_runs())
        rest = np.zeros(self.runs - ENDS - len(subsets) - len(curves), np.intp)
        return np.concatenate([np.zeros(ENDS, np.intp), subsets, curves, rest]).astype(np.intp)

    @property
    def is_random(self) -> Bools:
        """Bool (runs,): runs whose masks were drawn by chance; those that show or hide all, or follow the
        edges or the centre, are not.
        """
        run = np.arange(self.runs)
        return (run >= ENDS) & (run < ENDS + SUBSETS + RANDOM * curve_runs())

    @cached_property
    def subsets(self) -> Floats:
        """float32 (SUBSETS, cells)."""
        return self.drawn[ENDS : ENDS + SUBSETS]


def common_plan(params: CommonParams, image: Floats) -> CommonPlan:
    """The runs that all maps of an image share.

    Args:
        params: grid and seed.
        image: float32 (H, W, 3), RGB 0-255, at the size at which the model looks.
    """
    cells, rng = GridCells(params.grid, params.grid), np.random.default_rng(params.seed)
    baselines = np.concatenate([_noise(rng, cells), _edges(image, cells)[None], _centre(cells)[None]])
    ranked = np.concatenate([rankings(values, 1, params.seed) for values in baselines])
    curves = curve_masks(ranked).reshape(-1, cells.count)
    ends = np.repeat(np.array([[1], [0]], np.float32), cells.count, axis=1)
    return CommonPlan(cells, np.concatenate([ends, _subsets(rng, cells.count), curves]), baselines)


def own_plan(params: OwnParams, image: Floats) -> OwnPlan:
    """The curves of a map's rankings, and the image seen through the map.

    Raises:
        ParamsError: the rankings or the mask are not of this grid.
    """
    cells = GridCells(params.grid, params.grid)
    curves = curve_masks(from_text(params.rankings, cells.count)).reshape(-1, cells.count)
    masks = np.concatenate([_seen_through(params.mask, cells.count), curves])
    first, place = np.unique(masks, axis=0, return_index=True, return_inverse=True)[1:]
    return OwnPlan(cells, masks[np.sort(first)], np.argsort(np.argsort(first))[place.ravel()])


def mask_text(values: Reals) -> str:
    """How far each cell is shown through a map, as text: its positive part over its greatest value, in 255
    steps; a map without a positive value shows nothing.

    Example:
        >>> mask_text(np.array([2.0, 1.0, -3.0]))
        'ff8000'
    """
    positive = np.maximum(values, 0)
    shown = np.round(255 * positive / max(float(positive.max()), 1e-12)).astype(int)
    return "".join(f"{value:02x}" for value in shown)


def nothing_yet(plan: GradePlan, params: object, scores: Floats) -> Estimate | None:
    """These passes end in grades, not in maps."""
    return None


def _subsets(rng: np.random.Generator, cells: int) -> Floats:
    hidden = max(round(HIDDEN * cells), 1)
    ranked = rng.permuted(np.broadcast_to(np.arange(cells), (SUBSETS, cells)), axis=1)
    return (ranked >= hidden).astype(np.float32)


def _noise(rng: np.random.Generator, cells: GridCells) -> Reals:
    """float64 (RANDOM, cells): white noise, smoothed over about one cell."""
    from scipy import ndimage  # takes long to import, and pages know this module

    noise = rng.standard_normal((RANDOM, cells.rows, cells.columns))
    return np.asarray(ndimage.gaussian_filter(noise, (0, 1, 1), mode="nearest")).reshape(RANDOM, -1)


def _edges(image: Floats, cells: GridCells) -> Reals:
    """float64 (cells,): mean size of the Sobel gradient of the brightness."""
    return means_on(_sobel(image), cells, (image.shape[0], image.shape[1]))


def edge_strength(image: AnyFloats | Pixels) -> Reals:
    """float64, at most 16 rows and columns: mean size of the Sobel gradient of the brightness of an image
    (H, W, 3).
    """
    return coarse(_sobel(image))


def _sobel(image: AnyFloats | Pixels) -> Reals:
    from scipy import ndimage

    grey = image.mean(axis=-1, dtype=np.float64)
    return np.asarray(np.hypot(ndimage.sobel(grey, axis=0), ndimage.sobel(grey, axis=1)))


def _centre(cells: GridCells) -> Reals:
    """float64 (cells,): a Gaussian in the middle, a quarter of the image wide."""
    rows, columns = ((np.arange(count) + 0.5) / count - 0.5 for count in (cells.rows, cells.columns))
    return np.exp(-(rows[:, None] ** 2 + columns**2) / (2 * 0.25**2)).ravel()


def _seen_through(text: str, cells: int) -> Floats:
    try:
        values = np.frombuffer(bytes.fromhex(text), np.uint8)
    except ValueError:
        values = np.zeros(0, np.uint8)
    if len(values) != cells:
        raise ParamsError("This is no mask of {cells} cells.", cells=cells)
    return (values[None] / 255).astype(np.float32)
