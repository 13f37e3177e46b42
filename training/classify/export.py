"""Export of a trained classifier: half-precision files that the application ships, written and read back."""

import json
from pathlib import Path

import tensorflow as tf

from engine.arrays import Floats, Pixels
from model_store.base.record import seal
from training.classify.config import ClassifierConfig
from training.classify.measure import ClassifierAnswer
from training.classify.memory import read_classes
from training.classify.networks import build_classifier, fold_classifier
from training.classify.pictures import label_names
from training.common.checkpoint import Position, resume
from training.common.keras_files import ExportError, read_keras, write_keras
from training.common.network import TrainableNetwork
from training.common.optimiser import Optimiser

LABELS = "labels.json"


def trained_classifier(
    config: ClassifierConfig, run: Path, classes: int
) -> tuple[TrainableNetwork, Position]:
    """The network of a run with the moving average of its newest checkpoint.

    Raises:
        ExportError: the run has no checkpoint.
    """
    network = build_classifier(config.body, classes, config.seed)
    optimiser = Optimiser(network, config.schedule)
    position = resume(run, optimiser.state)
    if not position.step:
        raise ExportError(f"{run} holds no checkpoint yet; train first.")
    for variable, average in zip([*network.learnt, *network.followed], optimiser.average, strict=True):
        variable.assign(average)
    return network, position


def export_classifier(config: ClassifierConfig, data: Path, run: Path, folder: Path) -> tuple[int, Position]:
    """Writes the network with the classes of `pictures.folder` as its outputs, and `labels.json` with their
    names in that order.

    Returns:
        The number of parameters, and where the run stood.
    """
    classes = read_classes(config, data)
    network, position = trained_classifier(config, run, len(classes.names))
    parameters = write_keras(
        fold_classifier(network.body, config.body, classes.own, config.name.replace("-", "_")), folder
    )
    (folder / LABELS).write_text(
        json.dumps(label_names(classes.groups), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    seal(folder)
    return parameters, position


def exported_labels(folder: Path) -> list[str]:
    """Names of the outputs of an exported classifier."""
    names: list[str] = json.loads((folder / LABELS).read_text(encoding="utf-8"))
    return names


def exported_answer(folder: Path) -> ClassifierAnswer:
    """The exported network as a function from RGB 0-255 (B, H, W, 3) to logits (B, K)."""
    model = read_keras(folder)
    call = tf.function(
        lambda pixels: model(tf.cast(pixels, tf.float32), training=False), reduce_retracing=True
    )

    def answer(pixels: Pixels) -> Floats:
        logits: Floats = call(tf.constant(pixels)).numpy()
        return logits

    return answer
