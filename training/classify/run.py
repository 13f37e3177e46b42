"""The lesson of a classifier."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import keras
import tensorflow as tf

from engine.arrays import Floats, Pixels
from training.classify.batches import load_sampler
from training.classify.config import ClassifierConfig, stage_at
from training.classify.measure import ClassifierAnswer, measure_classes
from training.classify.memory import Classes
from training.classify.networks import build_classifier
from training.classify.pictures import find_pictures
from training.common.config import Places
from training.common.recipes import Lesson, recipe_row


def answer_of(model: Any) -> ClassifierAnswer:
    """A network as a function from RGB 0-255 (B, H, W, 3) to logits (B, K)."""
    call = tf.function(
        lambda pixels: model(tf.cast(pixels, tf.float32), training=False), reduce_retracing=True
    )

    def answer(pixels: Pixels) -> Floats:
        logits: Floats = call(tf.constant(pixels)).numpy()
        return logits

    return answer


def classification_lesson(config: ClassifierConfig, places: Places) -> Lesson:
    """Network, batches and figures of a run; a batch is of the stage that the run is in when it is drawn."""
    sampler = load_sampler(config, places.data, places.teacher)
    classes = sampler.material.classes
    model, watched = (
        build_classifier(config, len(classes.names)),
        find_pictures(config, places.data, ["select"]),
    )
    return Lesson(
        recipe_row("classify", config.name, config.title, config.seed, asdict(config.body)),
        config.schedule,
        model,
        lambda number, share: sampler.draw(number, stage_at(config.stages, share)),
        lambda: _figures(model, classes, config, watched),
        one_size=len({stage.size for stage in config.stages}) == 1,
    )


def _figures(
    model: keras.Model, classes: Classes, config: ClassifierConfig, watched: Any
) -> Mapping[str, float]:
    """Of the classes of the folder alone."""
    if not watched:
        return {}
    every = answer_of(model)
    found = measure_classes(
        lambda pixels: every(pixels)[:, classes.own], watched, config.input_size, classes.groups
    )
    return {"top1": found.top1, "top3": found.top3}
