"""A Keras model as two files: `architecture.json` and half-precision `weights.safetensors`.

The second has one tensor for each `weight.path`.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from engine.arrays import AnyFloats
from engine.errors import VitrineError

_ARCHITECTURE, _WEIGHTS = "architecture.json", "weights.safetensors"


class ExportError(VitrineError):
    """A network that cannot be written, in words."""


def halved(values: AnyFloats, name: str) -> NDArray[np.float16]:
    """The values as float16.

    Raises:
        ExportError: a value does not fit.
    """
    with np.errstate(over="ignore"):
        half = values.astype(np.float16)
    if not np.isfinite(half).all():
        raise ExportError(
            f"{name} has values that float16 cannot hold (largest {np.abs(values).max():.3g}); "
            "train with more weight decay."
        )
    return half


def write_keras(model: Any, folder: Path) -> int:
    """Writes a model of built-in layers; returns its number of parameters."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _ARCHITECTURE).write_text(json.dumps(json.loads(model.to_json()), indent=1) + "\n")
    save_file(
        {weight.path: halved(weight.numpy(), weight.path) for weight in model.weights}, folder / _WEIGHTS
    )
    (folder / _WEIGHTS).chmod(0o644)
    return int(model.count_params())


def read_keras(folder: Path) -> Any:
    """The Keras model in an exported folder, in float32."""
    import keras

    model = keras.models.model_from_json((folder / _ARCHITECTURE).read_text())
    tensors = load_file(folder / _WEIGHTS)
    for weight in model.weights:
        weight.assign(tensors[weight.path].astype(np.float32))
    return model
