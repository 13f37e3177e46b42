import numpy as np
import pytest

from engine.perturbation.designs.sobol_design import GridDesign, SobolDesign


def test_each_row_is_a_b_and_its_mixtures():
    design = SobolDesign(dimensions=3, designs=8, replicates=4, seed=1)
    rows = design.points(0, design.runs).reshape(8, 5, 3)
    for a, b, *mixed in rows:
        for i, c in enumerate(mixed):
            expected = a.copy()
            expected[i] = b[i]
            np.testing.assert_array_equal(c, expected)


def test_any_slice_is_a_slice_of_the_whole():
    design = SobolDesign(4, 8, 4, 0)
    whole = design.points(0, design.runs)
    np.testing.assert_array_equal(
        np.concatenate([design.points(0, 7), design.points(7, 30), design.points(30, 999)]), whole
    )


def test_same_seed_same_points_other_seed_other_points():
    points = [SobolDesign(4, 8, 4, seed).points(0, 48) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(points[0], points[1])
    assert np.abs(points[0] - points[2]).max() > 0.1


def test_each_replicate_is_balanced_and_they_differ():
    """Four points of a scrambled Sobol sequence put one into each quarter of every axis."""
    design = SobolDesign(5, 32, 8, 3)
    a = design.points(0, design.runs).reshape(32, 7, 5)[:, 0]
    for replicate in range(8):
        quarters = np.sort(np.floor(a[replicate::8] * 4), axis=0)
        np.testing.assert_array_equal(quarters, np.arange(4)[:, None].repeat(5, axis=1))
    assert len({a[replicate].tobytes() for replicate in range(8)}) == 8


def test_unfinished_rows_are_left_out():
    design = SobolDesign(2, 8, 4, 0)
    scores = np.arange(design.runs, dtype=np.float32)
    scores[[5, 17]] = np.nan  # rows 1 and 4
    rows = design.finished(scores)
    np.testing.assert_array_equal(rows.a, [0, 8, 12, 20, 24, 28])
    np.testing.assert_array_equal(rows.c[1], [10, 11])
    np.testing.assert_array_equal(rows.replicate, [0, 2, 3, 1, 2, 3])


def test_rows_know_how_far_each_input_was_moved():
    design = SobolDesign(3, 8, 4, 0)
    points = design.points(0, design.runs).reshape(8, 5, 3)
    rows = design.finished(np.zeros(design.runs))
    np.testing.assert_allclose(rows.steps, np.abs(points[:, 2:] - points[:, :1]).max(axis=2), atol=1e-7)
    np.testing.assert_array_equal(rows.only(rows.replicate == 2).steps, rows.steps[2::4])


@pytest.mark.parametrize(("grid", "designs"), [(4, 8), (8, 32), (16, 16)])
def test_cost_is_designs_times_cells_and_two(grid, designs):
    design = GridDesign(SobolDesign(grid**2, designs, 8, 0), grid)
    assert design.runs == designs * (grid**2 + 2)
    masks = design.masks(design.runs - 3, design.runs + 10)
    assert masks.shape == (3, design.cells.count) and masks.min() >= 0 and masks.max() <= 1
