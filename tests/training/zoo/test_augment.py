"""Labels stay ids, move with their image, and are 255 where there is none."""

import numpy as np
import pytest

from training.common.config import ConfigError
from training.zoo.augment import AUGMENTATIONS, Augmentation, augmented, find_augmentation

LABELS = np.array([[1, 7], [2, 5]], np.uint8).repeat(16, 0).repeat(24, 1)
PIXELS = np.repeat((LABELS * 30)[..., None], 3, -1)


@pytest.mark.parametrize("key", AUGMENTATIONS)
def test_labels_stay_ids(key: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        pixels, labels = augmented(PIXELS, LABELS, AUGMENTATIONS[key], rng)
        assert pixels.shape == PIXELS.shape and pixels.dtype == labels.dtype == np.uint8
        assert set(np.unique(labels)) <= {1, 2, 5, 7, 255}


def test_labels_move_with_the_image() -> None:
    rng, change = np.random.default_rng(1), Augmentation(flip=True, degrees=15, shift=0.1, zoom=0.2)
    for _ in range(20):
        pixels, labels = augmented(PIXELS, LABELS, change, rng)
        known = labels != 255
        same = np.abs(pixels[..., 0][known].astype(int) - 30 * labels[known].astype(int)) < 2
        assert same.mean() > 0.9  # but for blends along borders


def test_none_changes_nothing_and_light_leaves_labels() -> None:
    rng = np.random.default_rng(2)
    np.testing.assert_array_equal(augmented(PIXELS, LABELS, AUGMENTATIONS["none"], rng)[0], PIXELS)
    pixels, labels = augmented(PIXELS, LABELS, Augmentation(light=0.2), rng)
    np.testing.assert_array_equal(labels, LABELS)
    assert (pixels != PIXELS).any()


def test_unknown_set_is_refused() -> None:
    with pytest.raises(ConfigError, match="flip-light"):
        find_augmentation("auto")
