"""Real networks: completeness, and the same maps as Xplique and tf-keras-vis."""

import numpy as np
import pytest

from engine.gradients.run import dense_weights
from engine.methods import METHODS
from engine.model import ModelFacts
from engine.params import from_texts
from engine.summed.noisy_gradients import NOISY
from engine.summed.params import NoiseParams
from engine.summed.plan import PassInput, TargetSums
from engine.summed.run import run_summed
from engine.targets import ClassContrast, ClassTarget
from model_store.base import runtime
from model_store.keras.classifier import classifier_of

pytestmark = [pytest.mark.models, pytest.mark.peers]

CLASSES, SIZE = 3, (24, 20)
FACTS = ModelFacts(
    "random", "Random", "classification", tuple("abc"), ((9, 9, 9),) * CLASSES, "none", "random-1"
)


@pytest.fixture(scope="module")
def networks():
    """A network of ReLUs and a smooth one, logits at their ends."""
    runtime.tensorflow()
    return {activation: network(runtime.keras(), activation) for activation in ("relu", "tanh")}


def network(keras, activation):
    keras.utils.set_random_seed(4)
    layers = keras.layers
    inputs = keras.Input((*SIZE, 3))
    x = layers.Conv2D(6, 3, padding="same", activation=activation, name="early")(
        layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    )
    x = layers.AveragePooling2D(2)(x)
    x = layers.GlobalAveragePooling2D()(
        layers.Conv2D(8, 3, padding="same", activation=activation, name="late")(x)
    )
    return keras.Model(inputs, layers.Dense(CLASSES)(layers.Dense(16, activation=activation)(x)))


@pytest.fixture(scope="module")
def image():
    return np.random.default_rng(2).uniform(0, 255, (*SIZE, 3)).astype(np.float32)


def explain(model, method, image, targets, **params):
    entry = METHODS[method]
    params, source = from_texts(entry.params, params), entry.source
    weights = dense_weights(targets, (CLASSES,))
    total = source.count(params, model.target_layers)
    sums = run_summed(model, source.prepare(model, PassInput(image, weights), params), (0, total))
    scores = weights @ model.score_batch(image[None], source.space)[0]
    seen = [
        TargetSums({name: array[place] for name, array in sums.items()}, total, image, float(score))
        for place, score in enumerate(scores)
    ]
    return [entry.read(one, params) for one in seen]


@pytest.mark.parametrize(("activation", "steps"), [("tanh", 16), ("relu", 128)])
def test_integrated_gradients_add_up_to_the_change_of_the_score(networks, image, activation, steps):
    model = classifier_of(networks[activation], FACTS)
    targets = [*(ClassTarget(index) for index in range(CLASSES)), ClassContrast(0, 2)]
    for found in explain(model, "integrated_gradients", image, targets, steps=steps):
        assert found.figures["completeness gap"] < 0.01 and found.warnings == ()
        assert found.values.shape == SIZE
        assert found.values.sum() == pytest.approx(found.figures["change of the score"], rel=0.01)


def test_maps_equal_those_of_xplique(networks, image, monkeypatch):
    attributions = runtime.xplique().attributions
    network, model = networks["tanh"], classifier_of(networks["tanh"], FACTS)
    one_hot = np.eye(CLASSES, dtype=np.float32)[[1]]
    noise = NOISY.prepare(model, PassInput(image, one_hot), NoiseParams(samples=8))
    noisy = np.stack([image + noise._noise(run) for run in range(8)])
    statistic = attributions.SmoothGrad.__mro__[1]
    monkeypatch.setattr(statistic, "_perturb_samples", staticmethod(lambda inputs, count, deviation: noisy))

    def theirs(kind, reduce, **options):
        return reduce(np.asarray(kind(network, reducer=None, **options).explain(image[None], one_hot))[0])

    def largest(values):
        return np.abs(values).max(axis=-1)

    def summed(values):
        return values.sum(axis=-1)

    cases = [
        ("saliency", {}, theirs(attributions.Saliency, largest)),
        ("gradient_x_input", {}, theirs(attributions.GradientInput, summed)),
        ("integrated_gradients", {"steps": 32}, theirs(attributions.IntegratedGradients, summed, steps=200)),
        ("smoothgrad", {"samples": 8}, theirs(attributions.SmoothGrad, largest, nb_samples=8)),
        ("vargrad", {"samples": 8}, theirs(attributions.VarGrad, largest, nb_samples=8)),
    ]
    for method, params, wanted in cases:
        (found,) = explain(model, method, image, [ClassTarget(1)], **params)
        greatest = np.abs(wanted).max()
        assert greatest > 0
        np.testing.assert_allclose(found.values / greatest, wanted / greatest, atol=1e-4, err_msg=method)


def test_score_cam_equals_tf_keras_vis_where_masks_need_no_enlarging(networks, image):
    """It weighs with probabilities; elsewhere it enlarges from corner to corner, which shifts masks by up to
    half a cell.
    """
    from tf_keras_vis.scorecam import Scorecam

    model = classifier_of(networks["relu"], FACTS)
    targets = [ClassTarget(index) for index in range(CLASSES)]
    for layer, close in (("early", True), ("late", False)):
        mine = explain(model, "scorecam", image, targets, layer=layer, weighting="probability")
        for index, found in enumerate(mine):
            library = Scorecam(networks["relu"], clone=False)
            options = {"seek_penultimate_conv_layer": False, "expand_cam": False, "normalize_cam": False}
            theirs = np.asarray(
                library(
                    lambda outputs, index=index: outputs[:, index],
                    image[None],
                    penultimate_layer=layer,
                    **options,
                )
            )[0]
            if close:
                np.testing.assert_allclose(found.values, theirs, rtol=1e-3, atol=1e-4 * theirs.max())
            assert np.corrcoef(found.values.ravel(), theirs.ravel())[0, 1] > 0.99
