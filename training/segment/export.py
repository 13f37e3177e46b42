"""Export of a trained network: half-precision files that the application ships, written and read back.

The U-Net is a folder of `training.common.keras_files`, without normalisation layers; the SegFormer one of
Hugging Face with `config.json`, `model.safetensors` (float16, TensorFlow layout) and
`preprocessor_config.json`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import keras
import numpy as np

from model_store.base.label_maps import CATEGORY_NAMES
from model_store.base.record import seal
from model_store.huggingface.segformer import load_segformer
from training.common.config import Position
from training.common.keras_files import read_keras, write_keras
from training.common.recipes import load_trained
from training.segment.config import Config, Model
from training.segment.measure import Logits
from training.segment.network import TaughtSegmenter, compiled_network
from training.segment.run import picture_logits
from training.segment.segformer import EXPORTED, write_segformer
from training.segment.unet import fold_unet

WRITERS: Mapping[str, Callable[[Any, Model, Path], int]] = MappingProxyType(
    {
        "unet": lambda trained, model, folder: write_keras(fold_unet(trained, model), folder),
        "segformer": write_segformer,
        "keras": lambda trained, model, folder: write_keras(_plain(trained), folder),
    }
)
"""By kind: write a trained network to a folder and return its number of parameters."""


def _plain(trained: TaughtSegmenter) -> Any:
    """The network without its losses: a file of it names layers of Keras only."""
    return keras.Model(trained.input, trained.output, name=trained.name)


def trained_network(config: Config, run: Path) -> tuple[TaughtSegmenter, Position]:
    """The network of a run with the moving average of its newest backup, and where the run stood.

    Raises:
        ExportError: the run has no backup.
    """
    network = compiled_network(config)
    return network, load_trained(network, run)


def export_segmenter(config: Config, run: Path, folder: Path) -> tuple[int, Position]:
    """Writes the moving average of a run's newest backup, with the offsets of `balance` on its logits.

    Returns:
        The number of parameters, and where the run stood.
    """
    network, position = trained_network(config, run)
    folder.mkdir(parents=True, exist_ok=True)
    offsets = [config.balance.get(name, 0.0) for name in CATEGORY_NAMES]
    network.get_layer("logits").bias.assign_add(np.array(offsets, np.float32))
    parameters = WRITERS[config.model.kind](network, config.model, folder)
    seal(folder)
    return parameters, position


def exported_logits(config: Config, folder: Path) -> Logits:
    """The exported network as a function from RGB 0-255 (H, W, 3) to logits (H/4, W/4, 8)."""
    if config.model.kind != "segformer":
        return picture_logits(read_keras(folder))
    segformer = load_segformer(folder, folder / EXPORTED, len(CATEGORY_NAMES))
    return picture_logits(lambda pixels, training: segformer(pixels))
