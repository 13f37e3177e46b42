"""Race of a sheet of filters of VGG16's first convolution with one call of tf-keras-vis for each.

Both make the same number of steps.
"""

from typing import Any

import numpy as np

from benchmarks.effort import Effort
from benchmarks.races.measures import REACHED
from benchmarks.races.race import Answers, Contestant, Race, TimedTask
from engine.arrays import Floats
from engine.filters import FilterParams, MaximisationState, start_maximisation
from engine.model import LoadedModel, ModelFacts
from model_store.base import runtime
from model_store.keras.classifier import classifier_of
from model_store.keras.network import Usage

TITLE = "Activation maximisation"
LAYER = "block1_conv1"
CLASSES = 10
PARAMS = FilterParams(size=64, steps=16)
PROMISED = 5


def races(effort: Effort) -> list[Race]:
    """One sheet against as many calls, a part of them in each round."""
    ours = Contestant("Vitrine, one sheet", vitrine, {"filters": effort.filters})
    theirs = Contestant(
        "tf-keras-vis, one call for each", tf_keras_vis, {"filters": effort.filters, "groups": effort.rounds}
    )
    return [Race(f"{effort.filters} filters of VGG16's {LAYER}", ours, theirs, REACHED, PROMISED)]


def remarks(effort: Effort) -> str:
    """What is to be known of the figures."""
    side = PARAMS.size
    return (
        f"{side} x {side} px, {PARAMS.steps} steps, jitter, rotation, zoom, variation, random weights. "
        "The other draws a part of the filters in each round; its time counts for all."
    )


def vitrine(filters: int) -> TimedTask:
    """All filters at once."""
    model = _classifier(_network())

    def run(_lap: int) -> MaximisationState:
        canvas = start_maximisation(range(filters), (PARAMS.size, PARAMS.size), PARAMS)
        return model.maximise(LAYER, canvas, PARAMS, PARAMS.steps)

    return TimedTask(run, lambda canvas: _by_channel(range(filters), canvas.activation), note="TensorFlow")


def _network() -> Any:
    runtime.tensorflow()
    keras, side = runtime.keras(), PARAMS.size
    keras.utils.set_random_seed(0)
    return keras.applications.VGG16(
        weights=None, input_shape=(side, side, 3), classes=CLASSES, classifier_activation=None
    )


def _classifier(network: Any) -> LoadedModel:
    labels = tuple(str(index) for index in range(CLASSES))
    facts = ModelFacts("vgg16", "VGG16", "classification", labels, ((0, 0, 0),) * CLASSES, "none", "vgg16")
    return classifier_of(network, facts, Usage())


def _by_channel(channels: Any, activations: Floats) -> Answers:
    return {
        str(channel): np.array([reached], np.float32)
        for channel, reached in zip(channels, activations, strict=True)
    }


def tf_keras_vis(filters: int, groups: int) -> TimedTask:
    """Some of the filters in each lap, one after the other."""
    network = _network()
    from tf_keras_vis.activation_maximization import ActivationMaximization
    from tf_keras_vis.activation_maximization.input_modifiers import Jitter, Rotate2D, Scale
    from tf_keras_vis.activation_maximization.regularizers import TotalVariation2D
    from tf_keras_vis.utils.model_modifiers import ExtractIntermediateLayer
    from tf_keras_vis.utils.scores import CategoricalScore

    draw = ActivationMaximization(network, model_modifier=[ExtractIntermediateLayer(LAYER)], clone=False)
    spread = PARAMS.zoom / 100
    modifiers = [
        Jitter(jitter=PARAMS.jitter),
        Rotate2D(degree=PARAMS.rotation),
        Scale(low=1 - spread, high=1 + spread),
    ]
    options = {
        "steps": PARAMS.steps,
        "input_modifiers": modifiers,
        "regularizers": [TotalVariation2D(weight=PARAMS.smoothness)],
    }
    parts = np.array_split(np.arange(filters), groups)

    def run(lap: int) -> dict[int, Floats]:
        return {
            channel: np.asarray(draw(CategoricalScore(channel), **options)[0], np.float32)
            for channel in parts[lap % groups].tolist()
        }

    def answers(drawn: dict[int, Floats]) -> Answers:
        model = _classifier(network)
        reached = [
            model.features.layer_maps(picture, LAYER).after.mean(axis=(0, 1))[channel]
            for channel, picture in drawn.items()
        ]
        return _by_channel(drawn, np.array(reached, np.float32))

    return TimedTask(run, answers, warm=lambda: draw(CategoricalScore(0), **options), note="TensorFlow")
