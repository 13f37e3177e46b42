"""Grad-CAM and Grad-CAM++ against tf-keras-vis: same layer, same logits, same normalisation; weights of
Grad-CAM++ against Xplique.
"""

import numpy as np
import pytest

from engine.gradients.cams import plus_plus_weights
from engine.gradients.plan import positive_part
from engine.gradients.run import dense_weights, run_gradients
from engine.model import ModelFacts
from engine.targets import ClassContrast, ClassTarget
from model_store.base import runtime
from model_store.keras.classifier import classifier_of

pytestmark = [pytest.mark.models, pytest.mark.peers]

CLASSES = 5
FACTS = ModelFacts(
    "random", "Random", "classification", tuple("abcde"), ((9, 9, 9),) * CLASSES, "none", "random-1"
)
LAYERS = ("early", "middle", "late")


def random_network(scale=1.0):
    """A small network with random weights; logits at its end, times a scale."""
    runtime.tensorflow()
    keras = runtime.keras()
    keras.utils.set_random_seed(3)
    layers = keras.layers
    inputs = keras.Input((48, 40, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = layers.Conv2D(6, 3, padding="same", activation="relu", name="early")(x)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Conv2D(8, 3, padding="same", activation="relu", name="middle")(x)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Conv2D(10, 3, padding="same", activation="relu", name="late")(x)
    x = layers.Dense(16, activation="relu")(layers.Flatten()(x))
    end = layers.Dense(CLASSES)
    made = keras.Model(inputs, end(x))
    end.set_weights([scale * weights for weights in end.get_weights()])
    return made


@pytest.fixture(scope="module")
def network():
    return random_network()


@pytest.fixture(scope="module")
def weak_network():
    """Its gradients are so small that every alpha of Grad-CAM++ is one half: that the library divides by
    their sum does not matter.
    """
    return random_network(1e-4)


def library_map(network, method, layer, score, image):
    """Normalised by its maximum, on the layer's own grid."""
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.gradcam_plus_plus import GradcamPlusPlus

    explainer = {"gradcam": Gradcam, "gradcam++": GradcamPlusPlus}[method](network, clone=False)
    (found,) = explainer(
        score,
        image[None],
        penultimate_layer=layer,
        seek_penultimate_conv_layer=False,
        expand_cam=False,
        normalize_cam=False,
    )
    found = np.asarray(found)
    return found / max(found.max(), 1e-30)


@pytest.mark.parametrize(("method", "of"), [("gradcam", "network"), ("gradcam++", "weak_network")])
def test_maps_equal_those_of_the_library(method, of, rng, request):
    network = request.getfixturevalue(of)
    model = classifier_of(network, FACTS)
    image = rng.uniform(0, 255, (48, 40, 3)).astype(np.float32)
    targets = [ClassTarget(index) for index in range(CLASSES)]
    found = run_gradients(model, image, dense_weights(targets, (CLASSES,)), LAYERS)
    told_something = 0
    for index in range(CLASSES):
        for layer in LAYERS:
            mine = positive_part(found.of(index, layer, method, "for"), "for").values
            theirs = library_map(
                network, method, layer, lambda outputs, index=index: outputs[:, index], image
            )
            np.testing.assert_allclose(
                mine / max(mine.max(), 1e-30), theirs, atol=1e-4, err_msg=f"class {index} at {layer}"
            )
            told_something += bool(theirs.any())
    assert told_something >= 10


def divided(activation, gradient):
    """Weights of Grad-CAM++ in double precision as the library has them, divided by the sum of all alphas;
    and these sums.
    """
    activation, gradient = activation.astype(float), gradient.astype(float)
    steps = gradient * activation.sum(axis=(0, 1))
    alphas = np.divide(1, 2 + steps, out=np.zeros_like(steps), where=gradient != 0)
    sums = alphas.sum(axis=(0, 1))
    return (alphas * np.maximum(gradient, 0)).sum(axis=(0, 1)) / np.where(sums == 0, 1, sums), sums


def test_the_library_divides_by_a_sum_that_changes_its_sign_and_ours_are_the_weights_without(network, rng):
    model = classifier_of(network, FACTS)
    image = rng.uniform(0, 255, (48, 40, 3)).astype(np.float32)
    targets = [ClassTarget(index) for index in range(CLASSES)]
    weights = dense_weights(targets, (CLASSES,))
    seen = model.layer_gradients(np.stack([image] * CLASSES), weights, LAYERS)
    turned_round = 0
    for layer in LAYERS:
        for index in range(CLASSES):
            activation, gradient = seen[layer].activation[index], seen[layer].gradient[index]
            theirs, sums = divided(activation, gradient)
            ours = plus_plus_weights(activation, gradient)
            np.testing.assert_allclose(ours, theirs * np.where(sums == 0, 1, sums), rtol=1e-4)
            values = np.maximum(activation @ theirs, 0)
            np.testing.assert_allclose(
                values / max(values.max(), 1e-30),
                library_map(
                    network, "gradcam++", layer, lambda outputs, index=index: outputs[:, index], image
                ),
                atol=0.01,  # of sums that nearly cancel both sides keep few digits
            )
            assert (ours >= 0).all() and ours.any()
            apart = np.corrcoef((activation @ theirs).ravel(), (activation @ ours).ravel())[0, 1]
            turned_round += bool((theirs < 0).any() and apart < 0)
    assert turned_round >= 1


def test_weights_equal_those_of_xplique_where_a_mean_is_a_sum(rng):
    """It takes means where the paper has sums; of N places both are equal for gradients N times as large."""
    from xplique.attributions import GradCAMPP

    activation = rng.exponential(1.0, (6, 5, 40)).astype(np.float32)
    gradient = rng.normal(size=activation.shape).astype(np.float32)
    (theirs,) = np.asarray(GradCAMPP._compute_weights(30 * gradient[None], activation[None]))
    np.testing.assert_allclose(plus_plus_weights(activation, gradient), theirs.ravel(), rtol=1e-4)


@pytest.mark.parametrize("pair", [(1, 4), (4, 1), (0, 2), (2, 0)])
def test_a_contrast_equals_the_library_on_the_difference(network, rng, pair):
    image = rng.uniform(0, 255, (48, 40, 3)).astype(np.float32)
    first, second = pair
    found = run_gradients(
        classifier_of(network, FACTS),
        image,
        dense_weights([ClassContrast(first, second)], (CLASSES,)),
        ["late"],
    )
    mine = positive_part(found.of(0, "late", "gradcam", "for"), "for").values
    theirs = library_map(
        network, "gradcam", "late", lambda outputs: outputs[:, first] - outputs[:, second], image
    )
    np.testing.assert_allclose(mine / max(mine.max(), 1e-30), theirs, atol=1e-4)
