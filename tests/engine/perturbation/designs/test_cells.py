"""Any partition of the pixels is hidden alike."""

import numpy as np
import pytest

from engine.perturbation.designs.cells import GridCells, Superpixels
from engine.perturbation.designs.fills import make_fill


@pytest.fixture
def image(rng):
    return rng.uniform(0, 255, (50, 33, 3)).astype(np.float32)


def cells_of(kind):
    grid = GridCells(3, 5)
    return (
        grid
        if kind == "grid"
        else Superpixels(np.random.default_rng(1).permutation(15).astype(np.int32)[grid.labels((50, 33))])
    )


@pytest.mark.parametrize("kind", ["grid", "superpixels"])
def test_masks_blend_the_picture_with_its_fill(kind, image, rng):
    cells, masks, fill = cells_of(kind), rng.random((4, 15)).astype(np.float32), image[::-1].copy()
    wide = masks[:, cells.labels((50, 33))][..., None]
    np.testing.assert_allclose(
        cells.blend(masks, fill, image - fill), fill + wide * (image - fill), atol=1e-4
    )
    assert cells.count == 15


def test_the_native_grid_of_superpixels_is_the_pixels():
    values = np.arange(15, dtype=np.float32)
    assert GridCells(3, 5).paint(values).tolist() == values.reshape(3, 5).tolist()
    cells = cells_of("superpixels")
    np.testing.assert_array_equal(cells.paint(values), cells.map.astype(np.float32))


def test_superpixels_belong_to_one_size():
    with pytest.raises(ValueError, match="not on"):
        cells_of("superpixels").labels((50, 34))


@pytest.mark.parametrize("kind", ["grid", "superpixels"])
def test_each_cell_may_be_filled_with_its_own_mean(kind, image):
    cells = cells_of(kind)
    labels = cells.labels((50, 33))
    fill = make_fill("cell mean", image, cells, 0)
    assert fill.dtype == np.float32
    for cell in range(15):
        np.testing.assert_allclose(
            fill[labels == cell],
            np.broadcast_to(image[labels == cell].mean(axis=0), fill[labels == cell].shape),
            rtol=1e-5,
        )
