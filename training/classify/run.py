"""The run that trains a classifier."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import tensorflow as tf

from engine.arrays import Floats, Pixels
from training.classify.batches import PictureBatch, load_sampler
from training.classify.config import ClassifierConfig, stage_at
from training.classify.learning import ClassifierLearner
from training.classify.measure import measure_classes
from training.classify.networks import build_classifier
from training.classify.pictures import find_pictures
from training.common.loop import Loop, Places, progress
from training.common.prefetch import ahead


class ClassifierRun(Loop):
    """One run of a classifier."""

    def __init__(self, config: ClassifierConfig, places: Places) -> None:
        self.config = config
        self.drawer = load_sampler(config, places.data, places.teacher)
        network = build_classifier(config.body, len(self.drawer.material.classes.names), config.seed)
        super().__init__(config.schedule, places, ClassifierLearner(network, config))
        self._call = tf.function(lambda pixels: network.logits(pixels, False), reduce_retracing=True)
        self._watched = find_pictures(config, places.data, ["select"])

    def batches(self, first: int) -> Iterator[PictureBatch]:
        """Batches of the stage that the run is in when they are drawn."""

        def draw(number: int) -> PictureBatch:
            done = progress(self.schedule, replace(self.position, step=number))
            return self.drawer.draw(number, stage_at(self.config.stages, done))

        return ahead(draw, first)

    def watch(self) -> Mapping[str, float]:
        if not self._watched:
            return {}
        classes = self.drawer.material.classes
        found = measure_classes(self._answer, self._watched, self.config.input_size, classes.groups)
        return {"top1": found.top1, "top3": found.top3}

    def _answer(self, pixels: Pixels) -> Floats:
        """Logits (B, K) of the classes of the folder."""
        logits: Floats = self._call(tf.constant(pixels)).numpy()[:, self.drawer.material.classes.own]
        return logits
