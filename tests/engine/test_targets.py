import numpy as np
import pytest

from engine.errors import TargetError
from engine.targets import (
    BorderTarget,
    ClassContrast,
    ClassTarget,
    Scorer,
    SharedBorderTarget,
    ZoneTarget,
)

MASK = np.array([[0, 0, 0, 0, 0], [0, 0, 0, 1, 1], [0, 0, 1, 1, 1], [0, 0, 1, 1, 1], [0, 1, 1, 1, 1]], bool)
SIGNS = np.array(
    [[0, 0, -1, -1, -1], [0, -1, -1, 1, 1], [0, -1, 1, 1, 0], [-1, -1, 1, 0, 0], [-1, 1, 1, 0, 0]]
)


def score(target, output):
    return Scorer([target], output.shape).score(output[None])[0, 0]


def test_class_targets_on_a_classifier():
    output = np.array([0.2, 0.5, 0.3], np.float32)
    assert score(ClassTarget(1), output) == pytest.approx(0.5)
    assert score(ClassContrast(1, 2), output) == pytest.approx(0.2)


def test_a_class_on_a_segmentation_is_its_mean(rng):
    output = rng.random((5, 7, 3)).astype(np.float32)
    assert score(ClassTarget(2), output) == pytest.approx(output[..., 2].mean(), rel=1e-5)


def test_a_zone_is_the_mean_over_its_pixels(rng):
    output = rng.random((5, 5, 3)).astype(np.float32)
    assert score(ZoneTarget(1, MASK), output) == pytest.approx(output[..., 1][MASK].mean(), rel=1e-5)


def test_a_border_worked_out_by_hand(rng):
    border = BorderTarget(ZoneTarget(0, MASK))
    np.testing.assert_array_equal(border.signs(), SIGNS)
    output = rng.random((5, 5, 2)).astype(np.float32)
    expected = (output[..., 0] * SIGNS).sum() / np.count_nonzero(SIGNS)
    assert score(border, output) == pytest.approx(expected, rel=1e-5)


def test_a_shared_border_counts_only_pixels_of_both(rng):
    left = np.zeros((4, 6), bool)
    left[:, :3] = True
    right = ~left
    right[3] = False
    output = rng.random((4, 6, 2)).astype(np.float32)
    signs_left, signs_right = (BorderTarget(ZoneTarget(0, mask)).signs() for mask in (left, right))
    common = (signs_left != 0) & (signs_right != 0)
    total = (output[..., 0] * signs_left * common).sum() + (output[..., 1] * signs_right * common).sum()
    expected = total / (2 * common.sum())
    shared = SharedBorderTarget(ZoneTarget(0, left), ZoneTarget(1, right))
    assert score(shared, output) == pytest.approx(expected, rel=1e-4)


def test_many_targets_in_one_product_equal_one_by_one(rng):
    outputs = rng.random((6, 5, 5, 3)).astype(np.float32)
    targets = [ZoneTarget(1, MASK), BorderTarget(ZoneTarget(1, MASK)), ClassTarget(0), ClassContrast(2, 0)]
    together = Scorer(targets, outputs.shape[1:]).score(outputs)
    alone = [[score(target, output) for target in targets] for output in outputs]
    np.testing.assert_allclose(together, alone, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: ZoneTarget(0, np.zeros((3, 3), bool)), "empty"),
        (lambda: ZoneTarget(0, np.ones(3, bool)), "mask"),
        (lambda: BorderTarget(ZoneTarget(0, np.ones((3, 3), bool))), "whole image"),
        (lambda: SharedBorderTarget(ZoneTarget(0, MASK), ZoneTarget(0, ~MASK)), "same class"),
        (
            lambda: SharedBorderTarget(
                ZoneTarget(0, np.eye(5, dtype=bool) & (np.arange(5) < 1)),
                ZoneTarget(1, np.eye(5, dtype=bool) & (np.arange(5) > 2)),
            ),
            "touch",
        ),
        (lambda: ClassTarget(5).entries((3,)), "does not exist"),
        (lambda: ClassTarget(-1).entries((3,)), "does not exist"),
        (lambda: ZoneTarget(0, MASK).entries((9, 9, 3)), "select the zone again"),
        (lambda: ZoneTarget(7, MASK).entries((5, 5, 3)), "select the zone again"),
    ],
)
def test_impossible_targets_say_why(make, word):
    with pytest.raises(TargetError, match=word):
        make()


def test_targets_are_values():
    assert ZoneTarget(1, MASK, label="a") == ZoneTarget(1, MASK.copy(), label="a")
    assert ZoneTarget(1, MASK) != ZoneTarget(2, MASK)
    assert ClassTarget(1) != ClassContrast(1, 0)
    assert len({ClassTarget(1), ClassTarget(1), ClassTarget(2)}) == 2


@pytest.mark.models
@pytest.mark.peers
def test_agrees_with_xplique(rng):
    """Same zone, border and shared border masks as Xplique, whose targets are dense (h, w, C) arrays."""
    pytest.importorskip("tensorflow")
    from xplique.utils_functions import segmentation as peer

    from engine.zones import list_zones

    block = rng.random((6, 8, 3)).repeat(4, axis=0).repeat(4, axis=1).astype(np.float32)
    zones = list_zones(block, ("a", "b", "c"))
    for zone in zones.zones:
        row, column = (int(i) for i in np.argwhere(zones.labels == zone.index)[0])
        theirs = peer.get_connected_zone(block, (row, column))
        assert dense(zones.zone_target(zone.index), block.shape) == pytest.approx(normalised(theirs))
        assert dense(zones.border_target(zone.index), block.shape) == pytest.approx(
            normalised(peer.get_in_out_border(theirs))
        )
    for low, high in zones.touching:
        borders = [
            peer.get_in_out_border(np.eye(3, dtype=np.float32)[target.class_index] * target.mask[..., None])
            for target in map(zones.zone_target, (low, high))
        ]
        expected = normalised(peer.get_common_border(*borders))
        assert dense(zones.shared_border_target(low, high), block.shape) == pytest.approx(expected)


def dense(target, shape):
    flat, weights = target.entries(shape)
    full = np.zeros(np.prod(shape))
    full[flat] = weights
    return full


def normalised(theirs):
    theirs = np.asarray(theirs, float)
    return (theirs / np.count_nonzero(theirs)).ravel()
