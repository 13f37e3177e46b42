"""Images on which unknown models are tried: dozens, different, and small."""

import numpy as np

from samples.library import SAMPLES
from samples.trial_images import MIXED, MOST, other_images


def test_there_are_dozens_of_different_small_images():
    found = dict(other_images())
    assert len(found) + len(MIXED) == MOST >= 36
    assert len({pixels.tobytes() for pixels in found.values()}) == len(found), "no image twice"
    for pixels in found.values():
        assert pixels.dtype == np.uint8 and pixels.shape[2] == 3 and min(pixels.shape[:2]) >= 150
        assert max(pixels.shape) <= 640
    assert {sample.key for sample in SAMPLES} >= set(MIXED)


def test_whole_images_come_before_parts():
    names = [name for name, _ in other_images()]
    whole = [", part" not in name for name in names]
    assert 12 <= sum(whole) == whole.index(False)
    assert [name for name, _ in other_images(3)] == names[:3]
