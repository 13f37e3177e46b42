from __future__ import annotations

import gc
import os

import numpy as np
import pytest

from engine.images.picture import Picture


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def picture(rng: np.random.Generator) -> Picture:
    """A small noisy picture, 48 x 64."""
    return Picture(rng.integers(0, 256, (48, 64, 3), dtype=np.uint8), "noise.png")


@pytest.fixture(scope="session", autouse=True)
def _tensorflow_runs_models() -> None:
    """Converting a network takes seconds, which only the tests of it are to pay; those ask for it."""
    os.environ.setdefault("VITRINE_BACKEND", "tensorflow")


@pytest.fixture(scope="session", autouse=True)
def _garbage_is_collected_rarely() -> None:
    """Tracing networks makes objects by the hundred thousand, few of them garbage: looking for it so often
    takes long.
    """
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="module", autouse=True)
def _old_objects_are_left_alone() -> None:
    """What earlier modules have left, TensorFlow for the most part, is not looked at again by any
    collection.
    """
    gc.collect()
    gc.freeze()
