"""The shipped pictures: all load, none needs a network or a heavy import."""

import socket
import subprocess
import sys

import numpy as np
import pytest

from samples.library import SAMPLES, STREET_SIZE_HW, sample_labels, sample_pixels
from samples.scenes import render_scene

KEYS = [sample.key for sample in SAMPLES]


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a sample asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_keys_are_unique_and_the_default_is_a_street():
    assert len(set(KEYS)) == len(KEYS)
    assert SAMPLES[0].key == "street-1" and SAMPLES[0].kind == "street"
    assert {sample.kind for sample in SAMPLES} == {"street", "object", "digit"}
    assert all(sample.title and sample.credit for sample in SAMPLES)


@pytest.mark.parametrize("key", KEYS)
def test_every_sample_loads_read_only(key):
    pixels = sample_pixels(key)
    assert (
        pixels.dtype == np.uint8
        and pixels.ndim == 3
        and pixels.shape[2] == 3
        and min(pixels.shape[:2]) >= 200
    )
    assert not pixels.flags.writeable
    assert sample_pixels(key) is pixels


@pytest.mark.parametrize("sample", SAMPLES, ids=KEYS)
def test_streets_have_true_labels_and_the_others_have_none(sample):
    labels = sample_labels(sample.key)
    if sample.kind != "street":
        assert labels is None
    else:
        assert labels is not None and labels.shape == sample_pixels(sample.key).shape[:2]
        assert labels.dtype == np.uint8 and labels.max() <= 7 and not labels.flags.writeable


@pytest.mark.slow
def test_the_files_are_what_the_renderer_draws():
    scene = render_scene(SAMPLES[0].seed, STREET_SIZE_HW)
    np.testing.assert_array_equal(sample_labels("street-1"), scene.labels)
    np.testing.assert_array_equal(sample_pixels("street-1"), scene.pixels)


def test_the_default_street_shows_what_a_street_has():
    labels = sample_labels("street-1")
    shares = np.bincount(labels.ravel(), minlength=8) / labels.size
    flat, construction, nature, sky, human, vehicle = shares[[1, 2, 4, 5, 6, 7]]
    assert (
        flat > 0.15
        and construction > 0.08
        and nature > 0.05
        and sky > 0.04
        and human > 0.01
        and vehicle > 0.03
    )


@pytest.mark.parametrize("read", [sample_pixels, sample_labels])
def test_an_unknown_key_is_a_key_error(read):
    with pytest.raises(KeyError):
        read("street-99")


@pytest.mark.processes
def test_the_library_and_all_its_pictures_leave_heavy_packages_out():
    code = (
        "import sys, samples.library as library\n"
        "heavy = {'tensorflow', 'keras', 'sklearn', 'skimage', 'scipy', 'pooch'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "[library.sample_pixels(sample.key) for sample in library.SAMPLES if sample.kind != 'street']\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
