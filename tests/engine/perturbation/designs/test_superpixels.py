"""Superpixels of every algorithm on pictures of every kind."""

import subprocess
import sys

import numpy as np
import pytest
from skimage.segmentation import slic

from compute.cluster.processes import ROOT
from engine.errors import ParamsError
from engine.perturbation.designs.superpixels import advise, superpixels
from engine.perturbation.methods import lime
from engine.perturbation.methods.params import LimeParams

ALGORITHMS = ("slic", "quickshift", "felzenszwalb")
by_algorithm = pytest.mark.parametrize("algorithm", ALGORITHMS)


@pytest.fixture
def patches(rng):
    """A picture of 6 x 8 plain patches, each 16 pixels wide, with a little noise."""
    colours = rng.uniform(0, 255, (6, 8, 3)).repeat(16, axis=0).repeat(16, axis=1)
    return np.clip(colours + rng.normal(0, 2, colours.shape), 0, 255).astype(np.float32)


@by_algorithm
def test_labels_count_from_zero_without_gaps(algorithm, patches):
    kept = patches.copy()
    labels = superpixels(LimeParams(segmentation=algorithm, min_size=50), patches)
    assert labels.shape == (96, 128) and labels.dtype == np.int32
    np.testing.assert_array_equal(np.unique(labels), np.arange(labels.max() + 1))
    assert labels.max() >= 4
    np.testing.assert_array_equal(patches, kept)
    np.testing.assert_array_equal(
        labels, superpixels(LimeParams(segmentation=algorithm, min_size=50), patches)
    )


def test_slic_is_that_of_scikit_image(patches):
    theirs = slic(patches / np.float32(255), n_segments=40, compactness=20.0, sigma=1.0, start_label=1)
    np.testing.assert_array_equal(superpixels(LimeParams(), patches), theirs - 1)


@by_algorithm
def test_the_last_superpixel_is_hidden_too(algorithm, patches):
    """SLIC counts from 1 by default, and what is numbered P would never be hidden."""
    plan = lime.plan(LimeParams(segmentation=algorithm, samples=50, seeds=1, min_size=50), patches)
    last = plan.cells.count - 1
    assert (plan.cells.map == last).any() and plan.masks(0, 50)[:, last].min() == 0
    only = np.ones((1, plan.cells.count), np.float32)
    only[0, last] = 0
    hidden = plan.cells.blend(only, np.zeros_like(patches), patches)[0]
    np.testing.assert_array_equal(
        hidden.sum(axis=-1) == 0, (plan.cells.map == last) | (patches.sum(axis=-1) == 0)
    )


@by_algorithm
@pytest.mark.parametrize("size_hw", [(16, 16), (32, 320), (320, 480)])
@pytest.mark.parametrize("contrast", [0, 255])
def test_tiny_narrow_large_and_constant_pictures(algorithm, size_hw, contrast, rng):
    image = rng.uniform(0, contrast, (*size_hw, 3)).astype(np.float32)
    labels = superpixels(LimeParams(segmentation=algorithm, kernel_size=1.5), image)
    np.testing.assert_array_equal(np.unique(labels), np.arange(labels.max() + 1))


def test_a_picture_in_one_piece_gets_a_sentence():
    even = np.full((64, 64, 3), 90, np.float32)
    with pytest.raises(ParamsError, match="single superpixel"):
        lime.plan(LimeParams(segmentation="felzenszwalb"), even)


def test_too_many_pieces_get_a_sentence(rng):
    noise = rng.uniform(0, 255, (128, 128, 3)).astype(np.float32)
    with pytest.raises(ParamsError, match="more than 500"):
        lime.plan(LimeParams(segmentation="felzenszwalb", sigma=0, scale=1, min_size=1), noise)


def test_few_pieces_and_few_samples_are_said():
    assert advise(LimeParams(samples=400), 40) == ()
    assert "fewer than 10" in advise(LimeParams(samples=400), 41)[0]
    assert "only 4 superpixels" in advise(LimeParams(), 4)[0]


@pytest.mark.processes
def test_nothing_heavy_is_needed_to_see_them():
    script = (
        "import sys, numpy as np\n"
        "from engine.perturbation.designs.superpixels import superpixels\n"
        "from engine.perturbation.methods.params import LimeParams\n"
        "light = {'skimage', 'sklearn', 'lime', 'tensorflow'} & sys.modules.keys()\n"
        "superpixels(LimeParams(), np.zeros((64, 64, 3), np.float32))\n"
        "import engine.perturbation.methods.lime\n"
        "print(light, {'tensorflow', 'keras', 'torch'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["set()", "set()"]
