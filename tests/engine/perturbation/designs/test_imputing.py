"""Hidden pixels guessed from their surroundings."""

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import spsolve

from engine.images.picture import Picture
from engine.perturbation.designs.cells import GridCells, Superpixels
from engine.perturbation.designs.imputing import NOISE, impute
from engine.perturbation.methods.params import SobolParams
from engine.perturbation.run import Perturber, fit_picture

NEIGHBOURS = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]


def solved(image, hidden):
    """The linear system of the paper, an unknown for each hidden pixel."""
    place = np.full(hidden.shape, -1)
    rows, columns = np.nonzero(hidden)
    place[rows, columns] = np.arange(len(rows))
    table = sparse.lil_matrix((len(rows), len(rows)))
    known = np.zeros((len(rows), image.shape[2]))
    for here, (row, column) in enumerate(zip(rows, columns, strict=True)):
        for dy, dx in NEIGHBOURS:
            y, x = row + dy, column + dx
            if not (0 <= y < hidden.shape[0] and 0 <= x < hidden.shape[1]):
                continue
            weight = 1 / 6 if 0 in (dy, dx) else 1 / 12
            table[here, here] += weight
            if hidden[y, x]:
                table[here, place[y, x]] -= weight
            else:
                known[here] += weight * image[y, x]
    found = image.astype(np.float64)
    found[rows, columns] = spsolve(table.tocsc(), known).reshape(len(rows), -1)
    return found


@pytest.fixture(scope="module")
def photo():
    from skimage import data

    return fit_picture(Picture(data.astronaut(), "astronaut.png"), (61, 96))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_it_solves_the_linear_system_of_the_paper(photo, share):
    cells = GridCells(6, 6).labels(photo.shape[:2])
    hidden = np.isin(cells, np.random.default_rng(1).permutation(36)[: round(36 * share)])
    found, truth = impute(photo, hidden), solved(photo, hidden)
    assert np.array_equal(found[~hidden], photo[~hidden])
    error = np.abs(found - truth)[hidden]
    assert error.mean() < NOISE, "the noise that is added hides what is left of the error"
    assert error.mean() < 0.1 * np.abs(photo.mean(axis=(0, 1)) - truth)[hidden].mean()


def test_holes_of_any_shape_and_nothing_left(photo):
    ring = np.hypot(*np.ogrid[-30:31, -48:48]) < 25
    assert np.abs(impute(photo, ring) - solved(photo, ring))[ring].mean() < NOISE
    nothing = impute(photo, np.ones(photo.shape[:2], bool))
    assert np.allclose(nothing, photo.mean(axis=(0, 1)))
    assert np.array_equal(impute(photo, np.zeros(photo.shape[:2], bool)), photo)
    pixel = np.full((1, 1, 3), 7, np.float32)
    assert np.array_equal(impute(pixel, np.ones((1, 1), bool)), pixel)


def test_a_slope_is_guessed_as_a_slope():
    slope = np.repeat(np.linspace(0, 200, 64, dtype=np.float32)[None, :, None], 48, axis=0)
    hidden = np.zeros((48, 64), bool)
    hidden[:, 20:44] = True
    assert np.abs(impute(slope, hidden) - slope).max() < 8


@pytest.mark.parametrize("pieces", [False, True])
def test_a_pass_hides_cells_behind_guesses_with_noise(photo, pieces):
    labels = GridCells(4, 4).labels(photo.shape[:2])
    cells = Superpixels(labels) if pieces else GridCells(4, 4)
    perturber = Perturber.of(photo, cells, SobolParams(fill="imputed", seed=3))
    masks = np.ones((3, 16), np.float32)
    masks[1, 5] = 0
    masks[2, 5] = 0.5
    shown = perturber(masks)
    inside = labels == 5
    assert np.allclose(shown[0], photo, atol=1e-3) and np.allclose(
        shown[1][~inside], photo[~inside], atol=1e-3
    )
    noise = (shown[1] - impute(photo, inside))[inside]
    assert noise.std() == pytest.approx(NOISE, rel=0.15) and abs(noise.mean()) < NOISE / 2
    faded = (shown[2] - photo)[inside]
    assert faded.std() == pytest.approx(NOISE / 2, rel=0.15), "half of a cell that is not hidden is itself"
    assert np.array_equal(perturber(masks[1:2]), shown[1:2]), "the same mask, the same picture"
