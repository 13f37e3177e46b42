"""The line around the strongest tenth."""

import numpy as np
import pytest

from engine.visualise.contours import AREA, LEAST, contour_of
from engine.visualise.lines import CONTOUR, cell_edges, draw_lines
from engine.visualise.render import spread


def enclosed(contour, size=400):
    """Share of the picture inside of closed lines, by the shoelace formula; lines of holes count against."""
    areas = []
    for ring in contour.rings:
        x, y = ring.astype(float).T
        areas.append(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))
    return abs(sum(areas)) / 2


def bump(side=8, at=(5, 3), width=2.0):
    rows, columns = np.indices((side, side))
    return np.exp(-((rows - at[0]) ** 2 + (columns - at[1]) ** 2) / (2 * width**2)).astype(np.float32)


def test_a_tenth_of_the_picture_is_inside():
    contour = contour_of(bump())
    assert enclosed(contour) == pytest.approx(AREA, abs=0.01)
    assert 0 < contour.cells.mean() <= AREA and contour.cells[5, 3]


def test_the_line_runs_where_the_smooth_map_has_one_value():
    values = bump()
    smooth = spread(values, (800, 800), smooth=True)
    (ring,) = contour_of(values).rings
    columns, rows = np.clip(ring * 800, 0, 799).astype(int).T
    found = smooth[rows, columns]
    assert np.ptp(found) < 0.02


def test_a_single_strong_cell_is_not_surrounded_by_what_is_nearly_nothing(rng):
    values = (rng.random((8, 8)) * 0.02).astype(np.float32)
    values[4, 4] = 0.5
    contour = contour_of(values)
    assert np.argwhere(contour.cells).tolist() == [[4, 4]]
    assert len(contour.rings) == 1 and enclosed(contour) < 4 / 64
    assert 0.5 * LEAST > 0.02


@pytest.mark.parametrize("values", [np.zeros((4, 4)), np.full((4, 4), 3.0), np.full((4, 4), np.nan)])
def test_a_map_that_is_alike_everywhere_has_no_line(values):
    assert contour_of(values.astype(np.float32)) is None


def test_lines_close_along_the_edge_of_the_picture():
    values = np.zeros((8, 8), np.float32)
    values[0, :4] = 1
    for ring in contour_of(values).rings:
        np.testing.assert_allclose(ring[0], ring[-1], atol=1e-6)
        assert ring[:, 1].min() == pytest.approx(0, abs=1e-6) and ring.min() >= 0 and ring.max() <= 1


def test_a_map_of_pixels_has_a_line_around_regions_not_specks(rng):
    values = np.abs(rng.normal(size=(224, 224))).astype(np.float32)
    values[100:140, 60:100] += 2
    contour = contour_of(values)
    assert max(contour.cells.shape) <= 20 and len(contour.rings) < 30


def test_lines_are_seen_on_light_and_dark():
    line = [np.array([[0.1, 0.5], [0.9, 0.5]])]
    for ground in (0, 255):
        drawn = draw_lines(np.full((300, 600, 3), ground, np.uint8), line, CONTOUR, closed=False)
        column = drawn[140:160, 300, 0].astype(int)
        assert np.abs(column - ground).max() > 150, "the line itself, or its casing"


def test_edges_of_cells_are_shares_of_width_and_height():
    edges = cell_edges(np.array([[False, True]]))
    assert sorted(edge.tolist() for edge in edges) == [
        [[0.5, 0], [0.5, 1]],
        [[0.5, 0], [1, 0]],
        [[0.5, 1], [1, 1]],
        [[1, 0], [1, 1]],
    ]


def test_a_plateau_is_surrounded():
    values = np.zeros((8, 8), np.float32)
    values[:4] = 1
    contour = contour_of(values)
    assert contour.cells[:4].all() and not contour.cells[4:].any()
    assert enclosed(contour) == pytest.approx(0.44, abs=0.02)
