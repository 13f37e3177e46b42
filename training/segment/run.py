"""The lesson of a segmentation network."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import keras
import tensorflow as tf

from engine.arrays import Floats, Pixels
from training.common.config import Places
from training.common.recipes import Lesson, recipe_row
from training.segment.batches import draw_batch, load_pools
from training.segment.config import Config
from training.segment.measure import Logits, measure_segmentation
from training.segment.network import compiled_network
from training.segment.sources import all_labelled


def picture_logits(model: Any) -> Logits:
    """A network as a function from RGB 0-255 (H, W, 3) to logits (H/4, W/4, 8), traced once for each size."""
    call = tf.function(lambda pixels: model(tf.cast(pixels, tf.float32), training=False))

    def logits(pixels: Pixels) -> Floats:
        answer: Floats = call(tf.constant(pixels[None])).numpy()[0]
        return answer

    return logits


def segmentation_lesson(config: Config, places: Places) -> Lesson:
    """Network, batches and figures of a run."""
    model, watched = compiled_network(config), all_labelled(config, places.data, ["select"])
    pools = load_pools(config, places.data, places.teacher)
    row = recipe_row("segment", config.name, config.title, config.seed, asdict(config.model))
    return Lesson(
        row,
        config.schedule,
        model,
        lambda number, _share: draw_batch(pools, config, number),
        lambda: _figures(model, watched),
    )


def _figures(model: keras.Model, watched: Any) -> Mapping[str, float]:
    if not watched:
        return {}
    found = measure_segmentation(picture_logits(model), watched)
    shares = {f"iou_{name}": value for name, value in found.iou.items()}
    return {"mean_iou": found.mean_iou, "pixel_accuracy": found.pixel_accuracy, **shares}
