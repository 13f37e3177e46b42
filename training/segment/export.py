"""Export of a trained network: half-precision files that the application ships, written and read back.

The U-Net is a folder of `training.common.keras_files`. The SegFormer is a Hugging Face folder with
`config.json`, `model.safetensors` (float16, TensorFlow layout) and `preprocessor_config.json`.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from safetensors.numpy import load_file, save_file

from engine.arrays import Floats, Pixels
from model_store.base.label_maps import CATEGORY_NAMES
from model_store.base.record import seal
from training.common.checkpoint import Position, resume
from training.common.keras_files import ExportError, halved, read_keras, write_keras
from training.segment.config import Config
from training.segment.learning import Learner
from training.segment.measure import MULTIPLE, SHORT_SIDE, Logits
from training.segment.networks import build_network


def write_unet(body: Any, config: Config, folder: Path) -> int:
    """Writes the network without normalisation layers; returns its number of parameters."""
    from training.segment.unet import fold_unet

    return write_keras(fold_unet(body, config.model), folder)


def write_segformer(body: Any, config: Config, folder: Path) -> int:
    """Writes a Hugging Face folder; returns the number of parameters."""
    from training.segment.segformer import EXPORTED, MEAN_RGB, STD_RGB

    body.save_pretrained(folder, safe_serialization=True)
    path = folder / EXPORTED
    save_file(
        {name: halved(values, name) for name, values in load_file(path).items()},
        path,
        metadata={"format": "tf"},
    )
    path.chmod(0o644)
    size = {"height": SHORT_SIDE, "width": SHORT_SIDE}
    facts = {
        "image_processor_type": "SegformerImageProcessor",
        "do_resize": False,
        "do_rescale": True,
        "do_normalize": True,
        "do_reduce_labels": False,
        "rescale_factor": 1 / 255,
        "image_mean": MEAN_RGB,
        "image_std": STD_RGB,
        "size": size,
        "size_divisor": MULTIPLE,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(facts, indent=2) + "\n")
    return int(body.count_params())


def write_narrow(body: Any, _config: Config, folder: Path) -> int:
    """Writes a network that has no normalisation layers; returns its number of parameters."""
    return write_keras(body, folder)


_WRITERS = {"unet": write_unet, "segformer": write_segformer, "keras": write_narrow}


def trained_learner(config: Config, run: Path) -> tuple[Learner, Position]:
    """The network of a run, as its newest checkpoint has it.

    Raises:
        ExportError: the run has no checkpoint.
    """
    learner = Learner(build_network(config.model, config.seed), config)
    position = resume(run, learner.optimiser.state)
    if not position.step:
        raise ExportError(f"{run} holds no checkpoint yet; train first.")
    return learner, position


def shift_logits(learner: Learner, config: Config) -> None:
    """Adds the offsets of `balance` to the bias of the last layer."""
    body = learner.network.body
    last = body.decode_head.classifier if config.model.kind == "segformer" else body.get_layer("logits")
    last.bias.assign_add(np.array([config.balance.get(name, 0.0) for name in CATEGORY_NAMES], np.float32))


def export_segmenter(config: Config, run: Path, folder: Path) -> tuple[int, Position]:
    """Writes the moving average of a run's newest checkpoint, with the offsets of `balance` on its logits.

    Returns:
        The number of parameters, and where the run stood.
    """
    learner, position = trained_learner(config, run)
    folder.mkdir(parents=True, exist_ok=True)
    with learner.optimiser.averaged():
        shift_logits(learner, config)
        parameters = _WRITERS[config.model.kind](learner.network.body, config, folder)
    seal(folder)
    return parameters, position


def _call(network: str, folder: Path) -> Any:
    """Function from RGB 0-255 (1, H, W, 3) to logits (1, H/4, W/4, 8)."""
    if network != "segformer":
        unet = read_keras(folder)
        return lambda pixels: unet(tf.cast(pixels, tf.float32), training=False)
    from model_store.huggingface.segformer import load_segformer
    from training.segment.segformer import EXPORTED

    segformer = load_segformer(folder, folder / EXPORTED, len(CATEGORY_NAMES))
    return lambda pixels: segformer(tf.cast(pixels, tf.float32))


def exported_logits(config: Config, folder: Path) -> Logits:
    """The exported network as a function from RGB 0-255 (H, W, 3) to logits (H/4, W/4, 8)."""
    call = tf.function(_call(config.model.kind, folder))

    def logits(pixels: Pixels) -> Floats:
        answer: Floats = call(tf.constant(pixels[None])).numpy()[0]
        return answer

    return logits
