"""Export of a trained classifier: half-precision files that the application ships, written and read back."""

import json
from pathlib import Path
from typing import Any

from model_store.base.record import seal
from training.classify.config import ClassifierConfig
from training.classify.measure import ClassifierAnswer
from training.classify.memory import read_classes
from training.classify.networks import build_classifier, fold_classifier
from training.classify.pictures import label_names
from training.classify.run import answer_of
from training.common.config import Position
from training.common.keras_files import read_keras, write_keras
from training.common.recipes import load_trained

LABELS = "labels.json"


def trained_classifier(config: ClassifierConfig, run: Path, classes: int) -> tuple[Any, Position]:
    """The network of a run with the moving average of its newest backup, and where the run stood.

    Raises:
        ExportError: the run has no backup.
    """
    network = build_classifier(config, classes)
    return network, load_trained(network, run)


def export_classifier(config: ClassifierConfig, data: Path, run: Path, folder: Path) -> tuple[int, Position]:
    """Writes the network with the classes of `pictures.folder` as its outputs, and `labels.json` with their
    names in that order.

    Returns:
        The number of parameters, and where the run stood.
    """
    classes = read_classes(config, data)
    network, position = trained_classifier(config, run, len(classes.names))
    parameters = write_keras(
        fold_classifier(network, config.body, classes.own, config.name.replace("-", "_")), folder
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
    return answer_of(read_keras(folder))
