"""A sheet of 64 filters of VGG16's first convolution against 64 calls of tf-keras-vis with the same steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TypeVar

import numpy as np

from engine.filters import Canvas, FilterParams, start_canvas
from engine.model import Floats, LoadedModel, ModelFacts
from model_store import runtime
from model_store.keras_classifier import classifier_of
from model_store.keras_network import Usage

LAYER = "block1_conv1"
FILTERS, ROUNDS, CLASSES = 64, 4, 10
PARAMS = FilterParams(size=64, steps=16)
Made = TypeVar("Made")


def report() -> None:
    """Print seconds of both and their ratio: the calls in four groups, a whole sheet of ours after each."""
    runtime.tensorflow()
    keras = runtime.keras()
    keras.utils.set_random_seed(0)
    side = PARAMS.size
    network = keras.applications.VGG16(weights=None, input_shape=(side, side, 3), classes=CLASSES, classifier_activation=None)
    labels = tuple(str(index) for index in range(CLASSES))
    facts = ModelFacts("vgg16", "VGG16", "classification", labels, ((0, 0, 0),) * CLASSES, "none", "vgg16")
    model = classifier_of(network, facts, Usage())
    theirs = _tf_keras_vis(network)
    first, _ = _timed(lambda: _sheet(model))
    theirs([0])
    ours, peers, pictures = [], [], []
    for group in np.split(np.arange(FILTERS), ROUNDS):
        seconds, drawn = _timed(lambda group=group: theirs(group.tolist()))
        peers.append(seconds)
        pictures += drawn
        seconds, canvas = _timed(lambda: _sheet(model))
        ours.append(seconds)
    reached = _activation(model, np.stack(pictures))
    start = model.maximise(LAYER, start_canvas(range(FILTERS), (side, side), PARAMS), PARAMS, 0).activation
    print(
        f"{FILTERS} filters of VGG16 {LAYER}, {side} x {side} px, random weights, {PARAMS.steps} steps, jitter, rotation, zoom, variation"
    )
    print(f"  Vitrine, one sheet: {np.median(ours):6.2f} s ({first:.2f} s the first time); activation {_gain(canvas.activation, start)}")
    print(f"  tf-keras-vis, one call for each filter: {sum(peers):6.2f} s; activation {_gain(reached, start)}")
    print(f"  ratio {sum(peers) / np.median(ours):.1f} times faster (promised: at least 5)")


def _timed(work: Callable[[], Made]) -> tuple[float, Made]:
    start = perf_counter()
    made = work()
    return perf_counter() - start, made


def _sheet(model: LoadedModel) -> Canvas:
    canvas = start_canvas(range(FILTERS), (PARAMS.size, PARAMS.size), PARAMS)
    return model.maximise(LAYER, canvas, PARAMS, PARAMS.steps)


def _gain(reached: Floats, start: Floats) -> str:
    return f"{np.median(reached / np.maximum(start, 1e-9)):.2f} times that of our start (median)"


def _activation(model: LoadedModel, pictures: Floats) -> Floats:
    """float32 (64,): what the pictures of the peer activate in their own channels."""
    maps = [model.features.look(picture, LAYER).after.mean(axis=(0, 1)) for picture in pictures]
    return np.array([means[channel] for channel, means in enumerate(maps)], np.float32)


def _tf_keras_vis(network) -> Callable[[Sequence[int]], list[Floats]]:  # noqa: ANN001
    from tf_keras_vis.activation_maximization import ActivationMaximization
    from tf_keras_vis.activation_maximization.input_modifiers import Jitter, Rotate2D, Scale
    from tf_keras_vis.activation_maximization.regularizers import TotalVariation2D
    from tf_keras_vis.utils.model_modifiers import ExtractIntermediateLayer
    from tf_keras_vis.utils.scores import CategoricalScore

    draw = ActivationMaximization(network, model_modifier=[ExtractIntermediateLayer(LAYER)], clone=False)
    spread = PARAMS.zoom / 100
    modifiers = [Jitter(jitter=PARAMS.jitter), Rotate2D(degree=PARAMS.rotation), Scale(low=1 - spread, high=1 + spread)]
    options = {"steps": PARAMS.steps, "input_modifiers": modifiers, "regularizers": [TotalVariation2D(weight=PARAMS.smoothness)]}
    return lambda channels: [np.asarray(draw(CategoricalScore(channel), **options)[0], np.float32) for channel in channels]
