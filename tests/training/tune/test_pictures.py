"""Every class is learnt from and validated on, and no picture is for both."""

from pathlib import Path

import numpy as np
import pytest

from tests.training.tune.conftest import tiny
from training.tune.pictures import dataset, read_split, split
from training.tune.settings import TuneError

pytestmark = pytest.mark.models


def test_parts_do_not_overlap(folder: Path, tmp_path: Path) -> None:
    found = read_split(tiny(folder, tmp_path))
    assert found.labels == ["blue thing", "red thing"]
    assert (
        not set(found.train) & set(found.validation)
        and len(found.train) + len(found.validation) + len(found.test) == 16
    )
    assert {index for _, index in found.validation} == {0, 1}


def test_smallest_class_is_on_both_sides() -> None:
    found = split({"a": [Path("1"), Path("2")], "b": [Path("3"), Path("4"), Path("5")]}, 0.01)
    assert len(found.validation) == 2 and {index for _, index in found.train} == {0, 1}


def test_single_picture_is_refused() -> None:
    with pytest.raises(TuneError, match="'b' has 1 pictures"):
        split({"a": [Path("1"), Path("2")], "b": [Path("3")]}, 0.2)
    with pytest.raises(TuneError, match="at least 3"):
        split({"a": [Path("1"), Path("2")]}, 0.2, 0.2)


def test_batches_hold_pictures_with_their_class(folder: Path, tmp_path: Path) -> None:
    settings = tiny(folder, tmp_path)
    pixels, labels = next(iter(dataset(read_split(settings).train, settings, shuffle=True)))
    assert pixels.shape == (4, 32, 32, 3) and pixels.dtype == "float32"
    red_is_brighter = pixels.numpy()[..., 0].mean((1, 2)) > pixels.numpy()[..., 2].mean((1, 2))
    np.testing.assert_array_equal(red_is_brighter, labels.numpy() == 1)
