"""The summed pass on models known on paper: quadrature, noise, masks, and sums however they are cut."""

from itertools import pairwise

import numpy as np
import pytest

from engine.errors import ModelError
from engine.gradients.run import dense_weights
from engine.methods import METHODS
from engine.params import from_texts
from engine.summed.plan import PassInput, TargetSums
from engine.summed.run import add_up, run_summed
from engine.summed.scorecam import FIRST, mask_of
from engine.targets import ClassContrast, ClassTarget, ZoneTarget
from tests.toys import QuarterSegmenter

SUMMED = [method for method in METHODS.values() if method.work == "summed"]
SMALL = {
    "integrated_gradients": {"steps": 8},
    "smoothgrad": {"samples": 8},
    "vargrad": {"samples": 8},
    "scorecam": {"channels": 2},
}
TARGETS = (ClassTarget(1), ClassContrast(0, 1), ZoneTarget(1, np.eye(16, dtype=bool)))
FIRST_CLASS = (ClassTarget(0),)
by_key = pytest.mark.parametrize("method", SUMMED, ids=lambda method: method.key)


class SquareModel:
    """One logit: the sum of a x^2 over all values x of the picture in units of 255; its gradient is 2 a x /
    255.
    """

    def __init__(self, a):
        self.a, self.target_layers = a, ()

    def score_batch(self, pictures, space):
        total = (self.a * np.square(pictures / 255)).sum(axis=(1, 2, 3))
        return np.stack([total, 0 * total], axis=-1).astype(np.float32)

    def input_gradients(self, pictures, weights, rule):
        return (weights[:, :1, None, None] * 2 * self.a * pictures / 255**2).astype(np.float32)


@pytest.fixture
def image(rng):
    return rng.uniform(20, 235, (6, 8, 3)).astype(np.float32)


@pytest.fixture
def square(rng):
    return SquareModel(rng.normal(size=(6, 8, 3)).astype(np.float32))


def explain(method, model, image, targets=FIRST_CLASS, cuts=(), **params):
    """The readings of all targets, from runs that are cut at some places."""
    entry = METHODS[method]
    params, source = from_texts(entry.params, params), entry.source
    output = model.score_batch(image[None], source.space)[0]
    weights = dense_weights(targets, output.shape)
    total, sums = source.count(params, model.target_layers), {}
    for span in pairwise([0, *cuts, total]):
        runs = source.prepare(model, PassInput(image, weights), params)
        sums = add_up(sums, run_summed(model, runs, span))
    scores = (weights * output).reshape(len(targets), -1).sum(axis=1)
    seen = [
        TargetSums({name: array[place] for name, array in sums.items()}, total, image, float(score))
        for place, score in enumerate(scores)
    ]
    return [entry.read(one, params) for one in seen]


@by_key
def test_targets_share_the_runs_and_cuts_change_nothing(method):
    image = np.random.default_rng(0).uniform(40, 220, (64, 64, 3)).astype(np.float32)
    small = SMALL.get(method.key, {})
    runs = method.source.count(from_texts(method.params, small), QuarterSegmenter().target_layers)
    together = explain(method.key, QuarterSegmenter(), image, TARGETS, **small)
    cut = explain(method.key, QuarterSegmenter(), image, TARGETS, cuts=tuple(range(1, runs, 3)), **small)
    for place, target in enumerate(TARGETS):
        alone = explain(method.key, QuarterSegmenter(), image, [target], **small)[0]
        for other in (alone, cut[place]):
            np.testing.assert_allclose(together[place].values, other.values, rtol=1e-5, atol=1e-12)


def test_integrated_gradients_of_a_square_are_exact(square, image):
    """Of a x^2 from 0 to x: a x^2, from the mean m: a (x^2 - m^2); two nodes would do."""
    (found,) = explain("integrated_gradients", square, image, steps=8)
    np.testing.assert_allclose(
        found.values, (square.a * np.square(image / 255)).sum(axis=-1), rtol=1e-4, atol=1e-5
    )
    assert found.figures["completeness gap"] < 1e-3 and found.warnings == ()
    (found,) = explain("integrated_gradients", square, image, steps=8, fill="mean")
    mean = image.mean(axis=(0, 1))
    np.testing.assert_allclose(
        found.values,
        (square.a * (np.square(image) - np.square(mean)) / 255**2).sum(axis=-1),
        rtol=1e-3,
        atol=1e-4,
    )


def test_a_map_that_does_not_add_up_says_so(image):
    class Step(SquareModel):
        """The score jumps, the gradient is zero: no path can see it."""

        def input_gradients(self, pictures, weights, rule):
            return np.zeros_like(pictures)

    (found,) = explain("integrated_gradients", Step(np.ones((6, 8, 3), np.float32)), image)
    assert found.figures["completeness gap"] == pytest.approx(1)
    assert any("sums to 0" in sentence and sentence.endswith(".") for sentence in found.warnings)


def test_gradient_times_input_is_twice_a_square(square, image):
    (found,) = explain("gradient_x_input", square, image)
    np.testing.assert_allclose(
        found.values, 2 * (square.a * np.square(image / 255)).sum(axis=-1), rtol=1e-4, atol=1e-6
    )
    (noise,) = explain("gradient_x_input", square, image, fill="noise", seed=3)
    assert np.abs(noise.values - found.values).max() > 0.1


def test_saliency_is_the_size_of_the_gradient(square, image):
    wanted = np.abs(2 * square.a * image / 255**2)
    for colours, reduce in (("max", np.max), ("mean", np.mean)):
        (found,) = explain("saliency", square, image, colours=colours)
        np.testing.assert_allclose(found.values, reduce(wanted, axis=-1), rtol=1e-5)
        assert found.figures["raw maximum"] == pytest.approx(found.values.max())


def test_noise_averages_out_where_the_model_is_linear_and_varies_where_it_bends(square, image):
    """The gradient 2 a x / 255^2 of a noisy x has the mean at x and the variance (2 a s / 255^2)^2."""
    mean, variance = (
        explain(method, square, image, samples=256, noise=0.1)[0].values
        for method in ("smoothgrad", "vargrad")
    )
    deviation = 0.1 * np.ptp(image)
    np.testing.assert_allclose(
        mean, np.abs(2 * square.a * image / 255**2).max(axis=-1), atol=5 * 2 * 3 * deviation / 16 / 255**2
    )
    wanted = np.square(2 * square.a * deviation / 255**2).max(axis=-1)
    assert np.corrcoef(variance.ravel(), wanted.ravel())[0, 1] > 0.95
    np.testing.assert_allclose(variance.sum(), wanted.sum(), rtol=0.15)


def test_score_cam_equals_a_loop(rng):
    """A model with real channels: the brightness of each colour on a grid of 4 x 4, and probabilities of
    them.
    """
    from engine.model import LayerGradients, TargetLayer

    class Colours:
        target_layers = (TargetLayer("grid", 3, best=True),)

        def maps(self, pictures):
            return pictures.reshape(len(pictures), 4, 4, 4, 4, 3).mean(axis=(2, 4)) / 255

        def score_batch(self, pictures, space):
            logits = 4 * self.maps(pictures).mean(axis=(1, 2))
            powers = np.exp(logits)
            return (logits if space == "logit" else powers / powers.sum(axis=-1, keepdims=True)).astype(
                np.float32
            )

        def layer_gradients(self, pictures, weights, target_layers):
            maps = self.maps(pictures).astype(np.float32)
            return {"grid": LayerGradients(maps, 0 * maps)}

    model, image = Colours(), rng.uniform(0, 255, (16, 16, 3)).astype(np.float32)
    image[..., 1] *= 0.3
    maps = model.maps(image[None])[0]
    nothing = model.score_batch(np.zeros_like(image)[None], "probability")[0]
    for weighting, base in (("increase", nothing), ("probability", 0 * nothing)):
        found = explain(
            "scorecam", model, image, [ClassTarget(index) for index in range(3)], weighting=weighting
        )
        wanted = np.zeros((3, 4, 4))
        for channel in range(3):
            mask = mask_of(maps[..., channel].astype(np.float32), (16, 16))
            assert (mask.min(), mask.max()) == (0, 1)
            score = model.score_batch(image[None] * mask[..., None], "probability")[0] - base
            wanted += score[:, None, None] * maps[..., channel]
        for reading, map_ in zip(found, wanted, strict=True):
            np.testing.assert_allclose(reading.values, np.maximum(map_, 0), atol=1e-5)
    (few,) = explain("scorecam", model, image, channels=2)
    assert few.values.shape == (4, 4) and not np.array_equal(few.values, found[0].values)


def test_a_channel_without_a_shape_hides_everything():
    assert not mask_of(np.full((4, 4), 3, np.float32), (16, 16)).any()


def test_what_is_not_a_number_is_refused(image):
    class Broken(SquareModel):
        def input_gradients(self, pictures, weights, rule):
            return np.full(pictures.shape, np.nan, np.float32)

    with pytest.raises(ModelError, match="not a number"):
        explain("saliency", Broken(np.ones((6, 8, 3), np.float32)), image)


def test_a_flat_score_is_said_in_words(image):
    (found,) = explain("saliency", SquareModel(np.zeros((6, 8, 3), np.float32)), image)
    assert not found.values.any() and len(found.warnings) == 1


def test_methods_with_the_same_runs_share_their_source():
    source = {method.key: method.source for method in SUMMED}
    assert source["saliency"] is source["gradient_x_input"] and source["smoothgrad"] is source["vargrad"]
    assert len({one.key for one in source.values()}) == len({id(one) for one in source.values()})
    assert METHODS["scorecam"].runs(METHODS["scorecam"].params(channels=64)) == 64 + FIRST
