"""The four readings against cases worked out by hand, and against what must never happen: NaN."""

import numpy as np
import pytest

from engine.errors import ModelError
from engine.gradients.params import DIRECTIONS
from engine.gradients.plan import NOTHING, positive_part
from engine.gradients.run import KEYS, dense_weights, run_gradients
from engine.gradients.target_layers import ALL, BEST, USUAL, choose_target_layers
from engine.methods import METHODS
from engine.model import LayerGradients, TargetLayer
from engine.targets import ClassContrast, ClassTarget, Scorer, ZoneTarget
from tests.toys import QuarterSegmenter

by_method = pytest.mark.parametrize("method", KEYS)

# 2 x 2 places, two channels; sums of the activations: 4 and 2
ACTIVATION = np.stack([[[1, 2], [0, 1]], [[0, 1], [1, 0]]], axis=-1).astype(np.float32)
GRADIENT = np.stack([[[1, 1], [-1, 1]], [[0, -1], [1, -2]]], axis=-1).astype(np.float32)

# Grad-CAM: mean gradients 0.5 and -0.5
GRADCAM = [[0.5, 0.5], [-0.5, 0.5]]
# HiResCAM: a g summed over the channels
HIRESCAM = [[1, 2 - 1], [0 + 1, 1]]
# LayerCAM: only where the gradient is positive
LAYERCAM = [[1, 2], [1, 1]]
# Grad-CAM++: alpha 1 / (2 + 4 g) of the first channel is 1/6 at each of its three gradients of 1, so its
# weight is 1/2; of the second 1 / (2 + 2 g) is 1/4 at its only gradient of 1, so its weight is 1/4. Negative
# gradients, one of them at a pole, have no part in a weight.
GRADCAMPP = [[0.5, 1 + 0.25], [0.25, 0.5]]
BY_HAND = {"gradcam": GRADCAM, "gradcam++": GRADCAMPP, "layercam": LAYERCAM, "hirescam": HIRESCAM}


def evidence(method, activation=ACTIVATION, gradient=GRADIENT):
    return METHODS[method].evidence(activation.astype(np.float32), gradient.astype(np.float32))


@by_method
def test_two_places_two_channels_by_hand(method):
    found = evidence(method)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, BY_HAND[method], atol=1e-6)


def test_what_the_relu_removes_is_told():
    cam = positive_part(np.array(GRADCAM, np.float32), "for")
    np.testing.assert_array_equal(cam.values, [[0.5, 0.5], [0, 0.5]])
    assert cam.figures == {"raw maximum": 0.5, "removed by ReLU": pytest.approx(0.25)} and cam.warnings == ()
    assert positive_part(np.array(HIRESCAM, np.float32), "for").removed == 0


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize(("level", "removed"), [(0.0, 0.0), (-2.0, 1.0)])
def test_no_positive_evidence_is_said_in_words(level, removed, direction):
    cam = positive_part(np.full((3, 4), level, np.float32), direction)
    assert not cam.values.any() and cam.figures == {"raw maximum": 0.0, "removed by ReLU": removed}
    assert cam.warnings == (NOTHING[direction],)


@by_method
def test_zero_gradients_and_zero_denominators_give_numbers(method, rng):
    assert not evidence(method, gradient=np.zeros((2, 2, 2))).any()
    with np.errstate(all="raise"):
        for scale in (1e-30, 1e-12, 1.0, 1e12):
            assert np.isfinite(evidence(method, ACTIVATION * 0, GRADIENT * scale)).all()
            assert np.isfinite(
                evidence(method, rng.normal(size=(5, 4, 3)), rng.normal(size=(5, 4, 3)) * scale)
            ).all()
        ones = np.ones((2, 2, 1))
        assert np.isfinite(evidence(method, ones, -0.5 * ones)).all()  # 2 + g S = 0 everywhere


@by_method
def test_counter_evidence_is_that_of_the_reversed_score(method):
    """Of a network that knows one target only: against it is for its opposite."""
    model, image = QuarterSegmenter(), np.full((64, 64, 3), 150, np.float32)
    zone = ZoneTarget(1, np.ones((16, 16), bool))
    weights = dense_weights([zone], (16, 16, 2))
    found = run_gradients(model, image, np.concatenate([weights, -weights]), ["seen"])
    np.testing.assert_array_equal(found.of(0, "seen", method, "against"), found.of(1, "seen", method, "for"))
    assert found.of(0, "seen", method, "for").max() > 0


@pytest.mark.parametrize("method", ["gradcam", "hirescam"])
def test_against_is_the_negative_and_a_contrast_the_difference_where_readings_are_linear(method, rng):
    other = rng.normal(size=GRADIENT.shape)
    np.testing.assert_allclose(evidence(method, gradient=-GRADIENT), -evidence(method), atol=1e-6)
    contrast = evidence(method, gradient=GRADIENT - other)
    np.testing.assert_allclose(contrast, evidence(method) - evidence(method, gradient=other), atol=1e-5)


def test_dense_weights_score_as_the_targets_do(rng):
    mask = rng.random((6, 8)) < 0.3
    zone = ZoneTarget(2, mask)
    outputs = rng.normal(size=(4, 6, 8, 3)).astype(np.float32)
    weights = dense_weights([zone, ClassTarget(0), ClassContrast(1, 2)], (6, 8, 3))
    assert weights.shape == (3, 6, 8, 3) and weights.dtype == np.float32
    np.testing.assert_allclose(
        np.einsum("nhwc,thwc->nt", outputs, weights)[:, 0], outputs[..., 2][:, mask].mean(axis=1), rtol=1e-4
    )
    scores = Scorer([zone, ClassTarget(0), ClassContrast(1, 2)], (6, 8, 3)).score(outputs)
    np.testing.assert_allclose(np.einsum("nhwc,thwc->nt", outputs, weights), scores, atol=1e-5)
    np.testing.assert_array_equal(dense_weights([ClassContrast(2, 0)], (3,)), [[-1, 0, 1]])


def test_many_targets_are_watched_few_at_a_time():
    model, image = QuarterSegmenter(), np.full((64, 64, 3), 150, np.float32)
    weights = dense_weights([ClassTarget(place % 2) for place in range(5)], (16, 16, 2))
    found = run_gradients(model, image, weights, ["whole", "seen"])
    assert max(model.batches) <= 2 and sum(model.batches) == 5
    assert found.layers["seen"].shape == (5, 4, 2, 16, 16)
    np.testing.assert_array_equal(found.layers["seen"][0], found.layers["seen"][4])


def test_a_gradient_that_is_not_a_number_is_refused():
    class Broken(QuarterSegmenter):
        def layer_gradients(self, pictures, weights, target_layers):
            whole = np.full((1, 2, 2, 1), np.nan, np.float32)
            return {"seen": LayerGradients(whole, whole)}

    with pytest.raises(ModelError, match="layer seen"):
        run_gradients(
            Broken(), np.zeros((64, 64, 3), np.float32), np.zeros((1, 16, 16, 2), np.float32), ["seen"]
        )


TAPS = (
    TargetLayer("a", 3, usual=False),
    TargetLayer("b/c", 3),
    TargetLayer("d", 3, usual=False, best=True),
    TargetLayer("e", 1),
)


@pytest.mark.parametrize(
    ("layers", "names"),
    [
        ([BEST], "d"),
        ([USUAL], "b/c d e"),
        ([ALL], "a b/c d e"),
        (["e", "a", "e"], "a e"),
        (["e", BEST], "d e"),
        ([], ""),
    ],
)
def test_layers_are_chosen_by_name_or_group(layers, names):
    assert choose_target_layers(TAPS, layers) == tuple(names.split())


def test_an_unknown_layer_names_those_that_there_are():
    with pytest.raises(ModelError, match="'attic'.*a, b/c, d, e"):
        choose_target_layers(TAPS, ["attic"])
    with pytest.raises(ModelError, match="none"):
        choose_target_layers((), [BEST])
