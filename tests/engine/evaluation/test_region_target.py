"""Regions of an image as targets, read off outputs of another size."""

import cv2
import numpy as np
import pytest

from engine.errors import TargetError
from engine.evaluation.region_target import RegionContrast
from engine.targets import Scorer


def score(target, output):
    return Scorer([target], output.shape).score(output[None])[0, 0]


def test_a_region_at_the_size_of_the_output_is_the_difference_of_two_means(rng):
    output = rng.random((5, 5, 3)).astype(np.float32)
    mask = np.pad(np.eye(4, dtype=bool), ((1, 0), (1, 0)))
    region = RegionContrast(2, 0, mask[1:, 1:], (1, 1), (5, 5))
    assert score(region, output) == pytest.approx((output[..., 2] - output[..., 0])[mask].mean(), rel=1e-5)
    assert region.masks[0].tolist() == mask.tolist()


@pytest.mark.parametrize("size_hw", [(24, 40), (17, 9), (3, 4)])
def test_a_region_of_an_image_of_another_size_is_read_off_the_output_as_it_is_spread(rng, size_hw):
    output = rng.normal(size=(6, 10, 3)).astype(np.float32)
    mask = rng.random(size_hw) < 0.3
    mask[1, 2] = True
    region = RegionContrast(1, 2, mask[1:, 2:], (1, 2), size_hw)
    spread = cv2.resize(output, size_hw[::-1], interpolation=cv2.INTER_LINEAR)
    kept = region.masks[0]
    expected = (spread[..., 1] - spread[..., 2])[kept].mean()
    assert score(region, output) == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_what_is_no_region_is_refused():
    for mask, corner in ((np.zeros((2, 2), bool), (0, 0)), (np.ones((2, 2), bool), (3, 0))):
        with pytest.raises(TargetError):
            RegionContrast(0, 1, mask, corner, (4, 4))
    with pytest.raises(TargetError, match="select the zone again"):
        RegionContrast(0, 3, np.ones((1, 1), bool), (0, 0), (4, 4)).entries((2, 2, 3))
