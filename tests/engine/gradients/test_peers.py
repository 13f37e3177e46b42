"""Grad-CAM and Grad-CAM++ against tf-keras-vis: same layer, same logits, same normalisation."""

import numpy as np
import pytest

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


@pytest.fixture(scope="module")
def network():
    """A small network with random weights; logits at its end.

    It ends in an average: else denominators of Grad-CAM++ would come near zero, and the rounding of both
    sides would show.
    """
    runtime.tensorflow()
    keras = runtime.keras()
    keras.utils.set_random_seed(3)
    layers = keras.layers
    inputs = keras.Input((48, 40, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = layers.Conv2D(6, 3, padding="same", activation="relu", name="early")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(8, 3, padding="same", activation="relu", name="middle")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(10, 3, padding="same", activation="relu", name="late")(x)
    x = layers.Dense(16, activation="relu")(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, layers.Dense(CLASSES)(x))


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


@pytest.mark.parametrize("method", ["gradcam", "gradcam++"])
def test_maps_equal_those_of_the_library(network, method, rng):
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
