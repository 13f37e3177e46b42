"""Words of activation maximisation: parameters, the start, channels that are named."""

import numpy as np
import pytest

from engine.errors import ParamsError
from engine.filters import FilterParams, parse_channels, start_maximisation
from engine.params import from_texts


@pytest.mark.parametrize("painting", ["fourier", "pixels"])
def test_the_noise_of_a_channel_does_not_depend_on_what_is_drawn_beside_it(painting):
    params = FilterParams(size=64, painting=painting)
    alone, beside = start_maximisation([7], (64, 96), params), start_maximisation([3, 7, 9], (64, 96), params)
    np.testing.assert_array_equal(alone.values[0], beside.values[1])
    assert not np.array_equal(beside.values[0], beside.values[1])
    other = start_maximisation([7], (64, 96), FilterParams(size=64, painting=painting, seed=1))
    assert not np.array_equal(alone.values, other.values)
    assert (
        alone.values.dtype == np.float32
        and alone.moments.shape == (2, *alone.values.shape)
        and not alone.moments.any()
    )


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"size": "100"}, "multiple of 32"),
        ({"size": "32"}, "between 64 and 224"),
        ({"steps": "100"}, "one of"),
        ({"painting": "oil"}, "fourier"),
    ],
)
def test_bad_parameters_get_a_sentence(texts, sentence):
    with pytest.raises(ParamsError, match=sentence):
        from_texts(FilterParams, texts)


def test_channels_are_numbers_and_ranges():
    assert parse_channels("5, 0-3,2", 8) == (0, 1, 2, 3, 5)
    assert parse_channels("7", 8) == (7,)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("a", "numbers and ranges"), ("", "numbers"), ("3-1", "0 to 7"), ("8", "0 to 7"), ("1-2-3", "ranges")],
)
def test_other_texts_get_a_sentence(text, sentence):
    with pytest.raises(ParamsError, match=sentence):
        parse_channels(text, 8)
