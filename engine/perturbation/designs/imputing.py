"""Hidden pixels guessed from those around them: the noisy linear imputation of ROAD.

Rong et al. 2022, A Consistent and Efficient Evaluation Strategy for Attribution Methods,
https://arxiv.org/abs/2202.00449: each hidden pixel is the mean of its eight neighbours, with weights 1/6
beside and above and 1/12 across, and a little noise hides that it was guessed. What is hidden then does not
show its shape, so a model cannot answer from the shape of a mask. Their linear system has an unknown for each
hidden pixel; here it is solved by multigrid, in a small part of the time of a direct solver.
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Bools, Floats

NOISE = 0.01 * 255
"""Standard deviation of the noise, in levels of RGB."""
SMALLEST = 4
"""Pixels of the shorter side of the coarsest level, at least."""
CYCLES, SWEEPS, MOST_SWEEPS = 2, 2, 40
"""V-cycles; sweeps before and after each correction; sweeps on the coarsest level."""


def impute(image: Floats, hidden: Bools) -> Floats:
    """The image with hidden pixels guessed from those around them, without noise.

    Args:
        image: float32 (H, W, C).
        hidden: bool (H, W).

    Returns:
        float32 (H, W, C); the mean colour of the image where all of it is hidden.

    Example:
        >>> row = np.array([[[0.0], [9.0], [9.0], [3.0]]], np.float32)
        >>> impute(row, np.array([[False, True, True, False]])).ravel().round(1).tolist()
        [0.0, 1.0, 2.0, 3.0]
    """
    image, known = np.asarray(image, np.float32), (~hidden)[..., None].astype(np.float32)
    if hidden.all() or not hidden.any():
        return np.broadcast_to(image.mean(axis=(0, 1)), image.shape).copy() if hidden.all() else image.copy()
    levels = [_Level(1 - known)]
    while levels[-1].worth_halving:
        levels.append(levels[-1].coarser())
    found = _first_guess(image, known, len(levels))
    for _ in range(CYCLES):
        levels[0].relax(found, None)
        residual = levels[0].residual(found, None)
        found += _correction(levels, 1, residual)
        levels[0].relax(found, None)
    return found


class _Level:
    """The free pixels at a resolution.

    Attributes:
        free: float32 (h, w, 1), 1 where a pixel is guessed.
        weights: float32 (h, w, 1), sum of the weights of the neighbours. Pixels of the image that are known
            lie nearer to a coarse pixel than its neighbour, so they hold it more firmly.
        step: float32 (h, w, 1), what a residual moves a pixel by: 0 where it is known.
    """

    def __init__(self, free: Floats, depth: int = 0) -> None:
        self.free, self.depth = free, depth
        distance = (1 + 0.5**depth) / 2
        self.weights = _around(free) + _around(1 - free) / distance
        self.step = free / self.weights

    @property
    def worth_halving(self) -> bool:
        return min(self.free.shape[:2]) >= 2 * SMALLEST and bool(self.free.any())

    def coarser(self) -> _Level:
        """Half the resolution: free where all of a block is."""
        return _Level((_blocks(1 - self.free) == 0).astype(np.float32), self.depth + 1)

    def relax(self, found: Floats, wanted: Floats | None) -> None:
        """Damped Jacobi sweeps, in place."""
        for _ in range(SWEEPS):
            found += 0.8 * self.step * self._error(found, wanted)

    def residual(self, found: Floats, wanted: Floats | None) -> Floats:
        return self.free * self._error(found, wanted)

    def _error(self, found: Floats, wanted: Floats | None) -> Floats:
        error = _around(found)
        error -= self.weights * found
        if wanted is not None:
            error += wanted
        return error


def _correction(levels: list[_Level], depth: int, residual: Floats) -> Floats:
    """What the coarser levels say is missing, at the resolution of the residual."""
    if depth == len(levels):
        return np.zeros_like(residual)
    level, wanted = levels[depth], _blocks(residual)
    found = np.zeros_like(wanted)
    sweeps = MOST_SWEEPS if depth == len(levels) - 1 else 1
    for _ in range(sweeps):
        level.relax(found, wanted)
    found += _correction(levels, depth + 1, level.residual(found, wanted))
    level.relax(found, wanted)
    return levels[depth - 1].free * _resized(found, residual.shape)


def _first_guess(image: Floats, known: Floats, depth: int) -> Floats:
    """What is known, and in place of the rest means over larger and larger blocks of what is known."""
    share, total = _blocks(known), _blocks(image * known)
    mean = np.divide(total, share, out=np.zeros_like(total), where=share > 0)
    if depth > 1 and min(image.shape[:2]) > 1 and not (share > 0).all():
        mean = _first_guess(mean, (share > 0).astype(np.float32), depth - 1)
    elif not (share > 0).all():
        mean = np.where(share > 0, mean, total.sum(axis=(0, 1)) / share.sum()).astype(np.float32)
    return np.where(known > 0, image, _resized(mean, image.shape)).astype(np.float32)


def _around(image: Floats) -> Floats:
    """Sum over the neighbours inside the image: 1/6 of those beside and above, 1/12 of those across."""
    rows = 2 * image
    rows[1:] += image[:-1]
    rows[:-1] += image[1:]
    both = 2 * rows
    both[:, 1:] += rows[:, :-1]
    both[:, :-1] += rows[:, 1:]
    both -= 4 * image
    both *= np.float32(1 / 12)
    return both


def _blocks(values: Floats) -> Floats:
    """Sums over blocks of 2 x 2; those at the border may be smaller."""
    height, width = values.shape[:2]
    padded = np.pad(values, ((0, height % 2), (0, width % 2), (0, 0)))
    return np.asarray(padded.reshape(-(-height // 2), 2, -(-width // 2), 2, -1).sum(axis=(1, 3)))


def _resized(values: Floats, shape: tuple[int, ...]) -> Floats:
    """Bilinear, to twice the size or one pixel less."""
    for axis in (0, 1):
        values = _doubled(values, axis) if values.shape[axis] < shape[axis] else values
    return values[: shape[0], : shape[1]]


def _doubled(values: Floats, axis: int) -> Floats:
    """Twice as long: each pixel makes two, a quarter of the way to its neighbours."""
    values = np.moveaxis(values, axis, 0)
    before = np.concatenate([values[:1], values[:-1]])
    after = np.concatenate([values[1:], values[-1:]])
    both = np.stack([3 * values + before, 3 * values + after], axis=1) / 4
    return np.asarray(np.moveaxis(both.reshape(-1, *values.shape[1:]), 0, axis), np.float32)
