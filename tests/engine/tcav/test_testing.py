"""Tests of concepts whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import MapsError, ParamsError
from engine.evaluation.slices import holm_adjusted
from engine.images.picture import Picture
from engine.tcav.cells import cell_means, cell_sums
from engine.tcav.parts import GRID_SIDE, cell_mask, kept_cells
from engine.tcav.testing import LEVEL, TcavEffort, chance_of, cliffs_delta, examine_concepts
from engine.tcav.vectors import RIDGE, LayerImages, learn_vectors
from samples.textures import COUNT, TEXTURES, texture_pixels

WIDTH = 24
QUICK = TcavEffort(counters=20, draws=79, resamples=20)
SIDE = 48


def coherence(pixels):
    """How far one direction prevails among the slopes of an image, 0-1: 1 for stripes."""
    grey = pixels.astype(np.float64).mean(axis=2)
    down, right = np.gradient(grey)
    tensor = np.array([[(down**2).mean(), (down * right).mean()], [(down * right).mean(), (right**2).mean()]])
    small, large = np.linalg.eigvalsh(tensor)
    return (large - small) / (large + small + 1e-9)


def layer_of_stripes(pixels):
    """A layer by hand: one unit that answers to stripes only, others to colour, light and slopes."""
    values = pixels.astype(np.float64) / 255
    slopes = np.abs(np.diff(values.mean(axis=2), axis=1)).mean()
    quarters = [values[: SIDE // 2].mean(), values[:, : SIDE // 2].mean(), values.std(), slopes]
    return [max(coherence(pixels) - 0.4, 0.0), *values.mean(axis=(0, 1)), *quarters]


def texture_features(texture, count=COUNT):
    return np.array([layer_of_stripes(texture_pixels(texture, number, SIDE)) for number in range(count)])


@pytest.mark.slow
def test_a_network_that_answers_to_stripes_only_depends_on_stripes_and_on_nothing_else():
    named = ("stripes", "dots", "chequers", "lattice", "blots", "stones")
    features = {name: texture_features(name) for name in ("stripes", "dots", "chequers", "lattice", "blots")}
    features["stones"] = texture_features("stones", 30)
    assert (features["stripes"][:, 0] > 0).mean() > 0.5
    random = np.concatenate([features[name][:30] for name in named[1:]])
    gradients = np.zeros((20, random.shape[1]))
    gradients[:, 0] = 1.0
    effort = replace(QUICK, draws=199)
    found = examine_concepts([features[name] for name in named], random, gradients, effort)
    adjusted = holm_adjusted(np.array([one.p_value for one in found]))
    assert adjusted[0] <= LEVEL and found[0].share == 1.0 and found[0].mean > 0.3
    assert found[0].known and found[0].effect == 1.0 and found[0].mean_ends.low > 0
    assert (adjusted[1:] > LEVEL).all()


def noisy(rng, count):
    """Images of a layer whose units go together."""
    mixing = np.random.default_rng(1).normal(size=(WIDTH, WIDTH))
    return rng.gamma(1.0, size=(count, WIDTH)) @ np.abs(mixing)


def slopes(rng, count=30):
    return np.random.default_rng(2).normal(size=WIDTH) + 0.3 * rng.normal(size=(count, WIDTH))


@pytest.mark.slow
def test_random_concepts_are_seldom_significant_where_the_usual_test_nearly_always_is():
    rng = np.random.default_rng(0)
    random, gradients = noisy(rng, 150), slopes(rng)
    effort = replace(QUICK, resamples=2)
    found = examine_concepts([noisy(rng, 30) for _ in range(60)], random, gradients, effort)
    share = np.mean([one.p_value <= LEVEL for one in found])
    assert share <= 0.13, "at most 5 %, and its spread in 60 draws"
    assert np.mean([one.mann_whitney <= LEVEL for one in found]) > 0.3
    assert abs(np.mean([one.accuracy for one in found]) - 0.5) < 0.05
    assert np.mean([one.known for one in found]) < 0.1


@pytest.mark.slow
def test_a_concept_along_the_gradient_is_found_and_its_opposite_speaks_against():
    rng = np.random.default_rng(0)
    random, gradients = noisy(rng, 150), slopes(rng)
    step = 3 * random.std() * gradients.mean(axis=0) / np.linalg.norm(gradients.mean(axis=0))
    along, against = noisy(rng, 40) + step, noisy(rng, 40) - step
    for_it, against_it = examine_concepts([along, against], random, gradients, QUICK)
    assert for_it.p_value == against_it.p_value == 1 / (QUICK.draws + 1)
    assert for_it.mean > 0.5 and against_it.mean < -0.5
    assert for_it.share == 1 and against_it.share == 0
    assert for_it.mean_ends.low <= for_it.mean <= for_it.mean_ends.high
    assert against_it.effect_ends.high < -0.8


@pytest.mark.slow
def test_equal_concepts_have_equal_tests_wherever_they_stand():
    rng = np.random.default_rng(0)
    one, other, random, gradients = noisy(rng, 30), noisy(rng, 30), noisy(rng, 120), slopes(rng)
    first, _, again = examine_concepts([one, other, one], random, gradients, QUICK)
    assert first.mean == pytest.approx(again.mean)
    assert (first.p_value, first.accuracy) == (again.p_value, again.accuracy)


@pytest.mark.slow
def test_a_score_without_a_gradient_depends_on_nothing():
    rng = np.random.default_rng(0)
    (found,) = examine_concepts([noisy(rng, 30) + 50], noisy(rng, 120), np.zeros((9, WIDTH)), QUICK)
    assert found.silent == 1 and found.share == 0 and found.mean == 0 and found.p_value == 1
    assert found.effect == 0


@pytest.mark.parametrize(
    ("concept", "random", "images", "said"),
    [
        (29, 120, 9, "at least 30 images; this one has 29"),
        (30, 99, 9, "at least 100 random images; there are 99"),
        (30, 120, 0, "no images whose score"),
    ],
)
def test_too_few_images_are_said(concept, random, images, said):
    rng = np.random.default_rng(0)
    with pytest.raises(MapsError, match=said):
        examine_concepts([noisy(rng, concept)], noisy(rng, random), slopes(rng, images), QUICK)


def test_values_that_are_no_numbers_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(MapsError, match="no numbers"):
        examine_concepts([np.full((30, WIDTH), np.nan)], noisy(rng, 120), slopes(rng), QUICK)


def test_vectors_are_those_of_scikit_learn():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(3)
    rows, gradients = noisy(rng, 60) + np.repeat([[1.0], [0.0]], 30, axis=0), slopes(rng, 5)
    found = learn_vectors(LayerImages.of(rows, gradients), np.arange(30)[None], np.arange(30, 60)[None])
    centred = rows - rows.mean(axis=0)
    scaled = centred / np.sqrt(np.square(centred).sum(axis=1).mean())
    peer = LogisticRegression(C=1 / RIDGE, tol=1e-8, max_iter=10_000)
    peer.fit(scaled, np.repeat([1, 0], 30))
    vector = found.weights[0] @ scaled
    assert np.allclose(vector, peer.coef_[0], atol=2e-2 * np.abs(peer.coef_).max())
    cosines = gradients @ peer.coef_[0] / np.linalg.norm(gradients, axis=1) / np.linalg.norm(peer.coef_)
    assert np.allclose(found.cosines(LayerImages.of(rows, gradients))[0], cosines, atol=1e-2)


def test_chances_and_effects_on_paper():
    assert chance_of(5.0, np.zeros(19)) == 0.05
    assert chance_of(0.0, np.zeros(19)) == 1.0
    assert cliffs_delta(np.ones(3), np.ones(5)) == 0 and cliffs_delta(np.ones(3), np.zeros(5)) == 1


def test_cells_add_up_whatever_the_grid():
    maps = np.random.default_rng(0).uniform(size=(2, 7, 5, 3)).astype(np.float32)
    whole, parts = cell_sums(maps, 1), cell_sums(maps, 4)
    assert whole.shape == (2, 3) and parts.shape == (2, 48) and cell_sums(maps, 9).shape == (2, 105)
    assert np.allclose(parts.reshape(2, 16, 3).sum(axis=1), whole, atol=1e-4)
    assert np.allclose(cell_means(maps, 1), maps.mean(axis=(1, 2)), atol=1e-6)


def test_a_part_of_an_image_is_kept_at_its_place():
    pixels = np.zeros((16, 32, 3), np.uint8)
    pixels[:8] = 200
    found = kept_cells(Picture(pixels, "half"), [0])
    assert (found.pixels[:2, :4] == 200).all()
    assert len(np.unique(found.pixels[4:])) == 1 and 90 < found.pixels[9, 9, 0] < 100
    assert cell_mask([GRID_SIDE**2 - 1], (16, 32))[14:, 28:].all()
    for cells in ([], [64], [-1]):
        with pytest.raises(ParamsError, match="from 0 to 63"):
            cell_mask(cells, (16, 16))


def test_textures_come_again_in_any_size():
    for texture in TEXTURES:
        one = texture_pixels(texture, 3, 32)
        assert one.shape == (32, 32, 3) and one.std() > 5, texture
        assert np.array_equal(one, texture_pixels(texture, 3, 32))
        assert not np.array_equal(one, texture_pixels(texture, 4, 32))
