"""Where concepts lie."""

import numpy as np
import pytest

from engine.concepts.agreement import ConceptAgreement, r_squared, same_answer
from engine.concepts.crops import GAP_PX, crop_row
from engine.concepts.placing import crop_box, places_of, shares_by_region, zone_regions


def test_each_typical_place_is_of_another_image():
    coefficients = np.array([[3.0, 0.0], [2.9, 0.0], [1.0, 5.0], [2.0, 0.0]])
    first, second = places_of(coefficients, np.array([7, 7, 8, 9]))
    assert first.rows.tolist() == [0, 3, 2]
    assert first.images.tolist() == [7, 9]
    assert second.rows.tolist() == [2] and second.occurrence == pytest.approx(1 / 3)
    assert first.share + second.share == pytest.approx(1)


def test_a_concept_that_is_nowhere_occurs_nowhere():
    (found,) = places_of(np.zeros((6, 1)), np.arange(6))
    assert found.occurrence == 0 and not len(found.images)


@pytest.mark.parametrize("cell", [0, 13, 14 * 14 - 1])
def test_crops_stay_within_the_image(cell):
    top, left, bottom, right = crop_box(cell, (14, 14))
    assert 0 <= top < bottom <= 1 + 1e-9 and 0 <= left < right <= 1 + 1e-9
    assert bottom - top == pytest.approx(0.25)


def test_a_zone_a_ring_about_it_and_the_rest():
    zone = np.zeros((40, 80), bool)
    zone[10:20, 20:40] = True
    regions = zone_regions(zone, (10, 20))
    assert (regions == 0).sum() == 3 * 5  # 2.5 x 5 cells, those that are cut counted
    assert (regions == 1).sum() == 5 * 7 - 15
    assert regions[0, 0] == 2


def test_a_small_zone_has_a_cell_of_its_own():
    zone = np.zeros((64, 64), bool)
    zone[5, 7] = True
    assert (zone_regions(zone, (8, 8)) == 0).sum() == 1


def test_a_zone_on_a_coarser_grid_than_the_layer():
    zone = np.zeros((4, 4), bool)
    zone[:2, :2] = True
    assert (zone_regions(zone, (16, 16)) == 0).sum() == 64


def test_shares_of_a_concept_about_a_zone():
    regions = np.array([[0, 1], [2, 2]])
    coefficients = np.array([[[4.0, 0], [2.0, 0]], [[1.0, 0], [1.0, 0]]], np.float32)
    assert shares_by_region(coefficients, regions).tolist() == [[0.5, 0.25, 0.25], [0, 0, 0]]


def test_agreement_of_answers():
    assert r_squared(np.array([1.0, 2, 3]), np.array([1.0, 2, 3])) == 1
    assert np.isnan(r_squared(np.ones(3), np.ones(3)))
    assert same_answer(np.array([1.0, 2.0]), np.array([0.0, 9.0])) == 1
    maps = np.eye(2)[np.array([[0, 0, 1, 1]])]
    other = np.eye(2)[np.array([[0, 0, 0, 1]])]
    assert same_answer(maps, other) == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert ConceptAgreement(0.5, 0.9).low and not ConceptAgreement(0.9, 0.9).low


def test_the_middles_of_crops_stand_in_a_line():
    tall, flat = np.zeros((5, 2, 3), np.uint8), np.full((1, 3, 3), 7, np.uint8)
    row = crop_row([tall, flat])
    assert row.shape == (5, 2 + GAP_PX + 3, 3)
    assert (row[2, -3:] == 7).all() and (row[[0, 1, 3, 4], -3:] == 255).all() and (row[:, :2] == 0).all()
