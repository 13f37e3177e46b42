"""The run that trains a segmentation network."""

from collections.abc import Iterator, Mapping

import tensorflow as tf

from engine.arrays import Floats, Pixels
from training.common.loop import Loop, Places
from training.common.network import TrainableNetwork
from training.segment.batches import CropBatch, crop_batches, load_pools
from training.segment.config import Config
from training.segment.learning import Learner
from training.segment.measure import measure_segmentation
from training.segment.networks import starting_network
from training.segment.sources import LabelledPicture, all_labelled


class _Runner:
    """Whole pictures through a network, one traced function for each size."""

    def __init__(self, network: TrainableNetwork) -> None:
        self._call = tf.function(lambda pixels: network.logits(pixels, False))

    def __call__(self, pixels: Pixels) -> Floats:
        """Logits (H/4, W/4, 8) of RGB 0-255 (H, W, 3)."""
        answer: Floats = self._call(tf.constant(pixels[None])).numpy()[0]
        return answer


class Run(Loop):
    """One run of a segmentation network."""

    def __init__(self, config: Config, places: Places) -> None:
        learner = Learner(starting_network(config), config)
        super().__init__(config.schedule, places, learner)
        self.config = config
        self.runner = _Runner(learner.network)
        self.watched: list[LabelledPicture] = all_labelled(config, places.data, ["select"])

    def batches(self, first: int) -> Iterator[CropBatch]:
        pools = load_pools(self.config, self.places.data, self.places.teacher)
        return crop_batches(pools, self.config, first)

    def watch(self) -> Mapping[str, float]:
        if not self.watched:
            return {}
        figures = measure_segmentation(self.runner, self.watched)
        shares = {f"iou_{name}": value for name, value in figures.iou.items()}
        return {"mean_iou": figures.mean_iou, "pixel_accuracy": figures.pixel_accuracy, **shares}
