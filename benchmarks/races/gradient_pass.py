"""Grad-CAM at many layers in one gradient pass against one call of tf-keras-vis for each."""

from typing import Any

import numpy as np

from benchmarks.effort import Effort
from benchmarks.races.measures import DIFFERENCE_OF_SHAPES
from benchmarks.races.peer_networks import application, prepared
from benchmarks.races.race import Answers, Contestant, Race, TimedTask
from engine.arrays import Floats
from engine.gradients.plan import positive_part
from engine.gradients.run import KEYS, dense_weights, run_gradients
from engine.model import ModelFacts
from engine.targets import ClassTarget
from model_store.catalogue.imagenet import IMAGENET_ENTRIES, MIXED
from model_store.keras.classifier import classifier_of
from model_store.keras.network import Usage

TITLE = "Grad-CAM at many layers"
CLASSES = 1000
TARGET = 7
CONVOLUTIONS = tuple(
    f"block{block}_conv{number}"
    for block, count in enumerate((2, 2, 3, 3, 3), 1)
    for number in range(1, count + 1)
)
QUESTIONS = {"InceptionV3": (MIXED.usual, 299, 8), "VGG16": (CONVOLUTIONS, 224, 5)}
"""Layers, side of the picture in pixels, and how many times faster is promised."""


def races(effort: Effort) -> list[Race]:
    """The mixed layers of InceptionV3 and the thirteen convolutions of VGG16."""
    found = []
    for name, (layers, side, promised) in QUESTIONS.items():
        options = {"name": name, "layers": layers, "side": side}
        ours, theirs = (
            Contestant(f"{who}, {name}", make, options)
            for who, make in (("Vitrine", vitrine), ("tf-keras-vis", tf_keras_vis))
        )
        found.append(Race(f"{len(layers)} layers of {name}", ours, theirs, DIFFERENCE_OF_SHAPES, promised))
    return found


def remarks(effort: Effort) -> str:
    """What is to be known of the figures."""
    return (
        f"Vitrine's pass gives {len(KEYS)} methods, for and against the class, at all layers; the "
        "other gives Grad-CAM, layer by layer."
    )


def vitrine(name: str, layers: tuple[str, ...], side: int) -> TimedTask:
    """One pass for all layers."""
    network, weights = application(name)
    entry = next(entry for entry in IMAGENET_ENTRIES if entry.application == name)
    facts = ModelFacts(
        name, name, "classification", tuple(map(str, range(CLASSES))), entry.colours, "none", name
    )
    model, image = classifier_of(network, facts, Usage(entry.preset, entry.target_layers)), _image(side)

    def run(_lap: int) -> Answers:
        found = run_gradients(model, image, dense_weights([ClassTarget(TARGET)], (CLASSES,)), layers)
        return {
            target_layer: positive_part(found.of(0, target_layer, "gradcam", "for"), "for").values
            for target_layer in layers
        }

    return TimedTask(run, note=f"TensorFlow, {side} x {side} px, {weights}")


def _image(side: int) -> Floats:
    return np.random.default_rng(0).uniform(0, 255, (side, side, 3)).astype(np.float32)


def tf_keras_vis(name: str, layers: tuple[str, ...], side: int) -> TimedTask:
    """One call for each layer."""
    network, weights = application(name)
    image = prepared(name, _image(side))[None]
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.utils.scores import CategoricalScore

    explainer, score = Gradcam(network, clone=False), CategoricalScore(TARGET)
    options = {"seek_penultimate_conv_layer": False, "expand_cam": False, "normalize_cam": False}

    def run(_lap: int) -> dict[str, Any]:
        return {layer: explainer(score, image, penultimate_layer=layer, **options) for layer in layers}

    def answers(found: dict[str, Any]) -> Answers:
        return {layer: np.asarray(maps, np.float32)[0] for layer, maps in found.items()}

    return TimedTask(run, answers, note=f"TensorFlow, {weights}")
