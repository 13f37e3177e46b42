"""Inspection of a network before it is traced: task, shapes, layers, preprocessing."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import ModelError
from engine.model import Task
from model_store.base.scaling import Preset, Scaling
from model_store.exchange.network import ExchangeNetwork
from model_store.huggingface.loader import labels_in, scaling_in
from model_store.keras.input_colours import expected_preset
from model_store.keras.network import KerasNetwork
from model_store.network.graph import graph_of, operations
from model_store.network.heads import OutputActivation
from model_store.own.class_names import told_apart
from model_store.own.kinds import CONFIG, PREPROCESSOR
from model_store.own.model import LONGEST_LABEL, clean_name

_TRIAL_SIDE = 256
_TASKS: dict[int, Task] = {2: "classification", 4: "segmentation"}


@dataclass(frozen=True, eq=False)
class Inspection:
    """What a network shows.

    Attributes:
        task: guessed from the shape of its output.
        classes: how many labels it needs.
        size_hw: height and width of what it takes, None where any goes.
        channels: 3, or 1 where it takes grey pictures.
        output_activation: what its last step makes of logits, where that is seen in its graph.
        certain: whether it is known that it gives logits.
        alone: whether it has a single output, which stands for two classes.
        labels: names that came with its files.
        nested: how many models are inside it.
        layers: how many operations it has.
        parameters: how many weights it has.
        scaling: what its files say of colours.
        expects: the preprocessing that its first layers ask for, where they scale colours themselves.
    """

    task: Task
    classes: int
    size_hw: tuple[int | None, int | None]
    channels: int
    output_activation: OutputActivation | None = None
    certain: bool = False
    alone: bool = False
    labels: tuple[str, ...] = ()
    nested: int = 0
    layers: int = 0
    parameters: int = 0
    scaling: Scaling | None = None
    expects: Preset | None = None


def inspect_network(network: Any, path: Path) -> Inspection:
    """What a network shows of itself.

    Args:
        network: of ``read_network``.
        path: its file or folder.

    Raises:
        ModelError: its output is neither one value per class, nor a map of them.
    """
    found = _keras_look(network) if isinstance(network, KerasNetwork) else _other_look(network)
    if not (path / CONFIG).is_file():
        return found
    return replace(
        found,
        certain=True,
        labels=_labels(path, found.classes),
        scaling=scaling_in(path) if (path / PREPROCESSOR).is_file() else None,
    )


def _other_look(network: Any) -> Inspection:
    """What is seen of a network that is no Keras graph, on a black image."""
    size_hw = getattr(network, "size_hw", (None, None))
    noise = np.zeros((1, *(side or _TRIAL_SIDE for side in size_hw), 3), np.float32)
    shape = tuple(network(noise).shape)
    return Inspection(
        task=_task(shape),
        classes=int(shape[-1]),
        size_hw=size_hw,
        channels=int(getattr(network, "channels", 3)),
        alone=bool(getattr(network, "alone", False)),
        layers=_layers(network),
        parameters=int(getattr(network, "parameters", 0)),
    )


def _layers(network: Any) -> int:
    if isinstance(network, ExchangeNetwork):
        return network.operations
    return len(network.features.layers((_TRIAL_SIDE, _TRIAL_SIDE)))


def _labels(folder: Path, classes: int) -> tuple[str, ...]:
    """Class names of a Hugging Face folder; none where they are made up, as the library does for models
    without.
    """
    names = told_apart(tuple(clean_name(name, LONGEST_LABEL) for name in labels_in(folder)))
    return names if len(names) == classes and not all(name.startswith("LABEL_") for name in names) else ()


def _task(shape: tuple[int | None, ...]) -> Task:
    if len(shape) not in _TASKS or not shape[-1]:
        raise ModelError(
            "The model returns an array {shape}; one value for each class, or a map (height, "
            "width, classes) was expected. Please save it without what comes after that.",
            shape=shape[1:],
        )
    return _TASKS[len(shape)]


def _keras_look(network: KerasNetwork) -> Inspection:
    graph = network.graph
    shape = tuple(graph.outputs[0].shape)
    return Inspection(
        task=_task(shape),
        classes=2 if network.alone else int(shape[-1]),
        size_hw=network.size_hw,
        channels=network.channels,
        output_activation=network.output_activation if network.squashed else None,
        alone=network.alone,
        nested=_nested(graph),
        layers=sum(1 for _ in operations(graph)),
        parameters=int(getattr(network, "parameters", 0)) or _count(graph),
        expects=expected_preset(graph),
    )


def _count(graph: Any) -> int:
    """How many numbers its weights are; each weight counts once, however often its layer is used."""
    found = {
        id(weight): weight
        for _, operation in operations(graph)
        for weight in getattr(operation, "weights", ())
    }
    return sum(int(np.prod(weight.shape)) for weight in found.values())


def _nested(graph: Any) -> int:
    """How many models are inside, at any depth."""
    inner = [found for found in (graph_of(operation) for operation in graph.operations) if found is not None]
    return len(inner) + sum(_nested(found) for found in inner)
