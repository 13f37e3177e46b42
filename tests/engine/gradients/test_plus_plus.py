"""Grad-CAM++ against the equations of its paper, written out in double precision, and against signs that they
do not have.
"""

import numpy as np
import pytest

from engine.gradients.cams import gradcam_plus_plus, plus_plus_weights
from engine.gradients.run import dense_weights
from engine.gradients.target_layers import ALL, choose_target_layers
from engine.target_sets import TargetSet
from engine.zones import list_zones
from model_store.catalogue import CATALOGUE
from samples.library import sample_pixels
from tests.engine.gradients.shipped import shipped_answer

SHIPPED = [key for key, entry in CATALOGUE.items() if entry.shipped]
LINEAR = {"streets-segformer", "streets-unet", *(key for key, entry in CATALOGUE.items() if entry.packaged)}
"""Transformers, and networks whose blocks end in a narrow layer without an activation."""
PICTURES = {"segmentation": "street-3", "classification": "cat"}
FLOAT = np.finfo(np.float32).eps


def paper(activation, gradient):
    """(K,): the sum over all places of alpha max(dY/dA, 0), alpha as in equation 19, for Y = exp(S); all
    derivatives of Y are given without the factor exp(S) that they share.
    """
    first = gradient.astype(float)  # dY/dA
    second, third = first**2, first**3  # of S in linear pieces
    whole = activation.astype(float).sum(axis=(0, 1))
    denominator = 2 * second + whole * third
    alpha = np.where(second == 0, 0, second / np.where(denominator == 0, 1, denominator))
    return (alpha * np.maximum(first, 0)).sum(axis=(0, 1))


def draw(rng, shape=(6, 5, 40), low=0.0):
    """An activation from ``low`` on, and gradients of both signs, many of them large."""
    activation = rng.exponential(1.0, shape) + low
    gradient = rng.normal(size=shape) * np.exp(rng.normal(size=shape))
    return activation.astype(np.float32), gradient.astype(np.float32)


def column(*values):
    """A layer of one channel and 2 x 2 places."""
    return np.array(values, np.float32).reshape(2, 2, 1)


def test_weights_are_those_of_the_paper_where_activations_are_not_negative(rng):
    activation, gradient = draw(rng)
    np.testing.assert_allclose(
        plus_plus_weights(activation, gradient), paper(activation, gradient), rtol=30 * FLOAT
    )
    assert (paper(activation, gradient) > 0).all()
    np.testing.assert_allclose(
        gradcam_plus_plus(activation, gradient),
        activation.astype(float) @ paper(activation, gradient),
        rtol=60 * FLOAT,
    )


def test_a_map_that_the_sum_of_all_alphas_would_turn_round():
    """Alphas 1 / (2 + 4 g): 1/6 at the two gradients of 1, and -1/2 at those of -1: they sum to -2/3."""
    activation, gradient = column(4, 0, 0, 0), column(1, 1, -1, -1)
    np.testing.assert_allclose(plus_plus_weights(activation, gradient), [1 / 3], rtol=1e-6)
    np.testing.assert_allclose(gradcam_plus_plus(activation, gradient), [[4 / 3, 0], [0, 0]], rtol=1e-6)


def test_negative_gradients_have_no_part_in_a_weight(rng):
    activation, gradient = draw(rng)
    other = np.where(gradient > 0, gradient, -100 * rng.random(gradient.shape).astype(np.float32))
    np.testing.assert_array_equal(
        gradcam_plus_plus(activation, gradient), gradcam_plus_plus(activation, other)
    )


def test_a_channel_that_sums_to_less_than_zero_has_no_pole():
    """Equation 19 has one at g = 2 / 4, beyond it alpha is negative; a sum of 0 gives 1/2 everywhere."""
    activation = column(-1, -2, 0, -1)
    for gradient in (0.5, 0.5 - 1e-6, 0.5 + 1e-6, 7.0):
        found = plus_plus_weights(activation, column(gradient, 0, -1, gradient))
        np.testing.assert_allclose(found, [gradient], rtol=1e-6)
    with np.errstate(divide="ignore"):
        assert paper(activation, column(7, 0, -1, 7))[0] < 0 < paper(activation, column(0.4, 0, -1, 0.4))[0]


@pytest.mark.parametrize("low", [0.0, -1.0, -3.0])
def test_no_weight_is_negative_or_moves_faster_than_half_its_gradients(rng, low):
    """|d/dg g / (2 + g s)| <= 1/2 and |d/ds g / (2 + g s)| <= g^2 / 4 for s >= 0."""
    activation, gradient = draw(rng, low=low)
    weights = plus_plus_weights(activation, gradient)
    assert (weights >= 0).all() and weights.any()
    for size in (1e-6, 1e-3, 0.1):
        step = (size * rng.choice([-1, 1], gradient.shape)).astype(np.float32)
        slack = 30 * FLOAT * weights
        moved = np.abs(plus_plus_weights(activation, gradient + step) - weights)
        assert (moved <= np.abs(step).sum(axis=(0, 1)) / 2 + slack).all()
        moved = np.abs(plus_plus_weights(activation + step, gradient) - weights)
        raising = np.maximum(gradient, 0)
        shift = np.abs(step.sum(axis=(0, 1))) + 30 * FLOAT * np.abs(activation).sum(axis=(0, 1))
        assert (moved <= shift * np.square(raising).sum(axis=(0, 1)) / 4 + slack).all()


@pytest.mark.models
@pytest.mark.parametrize("key", SHIPPED)
def test_no_channel_has_a_negative_weight_at_any_layer_of_a_shipped_model(key):
    model, image, output = shipped_answer(key, sample_pixels(PICTURES[CATALOGUE[key].task]))
    zones = list_zones(output, model.facts.labels) if output.ndim == 3 else None
    targets = TargetSet(output.shape, model.facts.labels, zones)
    best = range(2) if zones else np.argsort(-output)[:2]
    weights = dense_weights([targets[int(index)] for index in best], output.shape)
    layers = choose_target_layers(model.target_layers, [ALL])
    for layer, seen in model.layer_gradients(np.stack([image, image]), weights, layers).items():
        for activation, gradient in zip(seen.activation, seen.gradient, strict=True):
            found, expected = plus_plus_weights(activation, gradient), paper(activation, gradient)
            assert (found >= 0).all() and found.any(), layer
            small = activation.sum(axis=(0, 1), dtype=float) < 0
            expected[small] = np.maximum(gradient, 0).sum(axis=(0, 1), dtype=float)[small] / 2
            np.testing.assert_allclose(found, expected, rtol=2e-4, err_msg=layer)
            assert not small.any() or key in LINEAR, "only their layers end in no ReLU"
