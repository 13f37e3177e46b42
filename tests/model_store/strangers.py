"""Files as strangers may send them, made by hand: no TensorFlow is needed for them."""

import io
import json
import zipfile
from pathlib import Path

import h5py
import numpy as np

INPUT = {
    "module": "keras.layers",
    "class_name": "InputLayer",
    "config": {"name": "x"},
    "registered_name": None,
}


def described(*layers: dict) -> dict:
    """A description as Keras 3 writes it, of an input and some layers."""
    config = {"name": "m", "layers": [INPUT, *layers]}
    return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}


def layer(name: str, module: str | None = "keras.layers", **config: object) -> dict:
    return {"module": module, "class_name": name, "config": config, "registered_name": None}


def weights(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for name, array in (arrays or {"kernel": np.ones((2, 2), np.float32)}).items():
            file[name] = array
    return buffer.getvalue()


def archive(
    path: Path, config: object = None, extra: dict[str, bytes] | None = None, h5: bytes | None = None
) -> Path:
    """A .keras file; ``config`` may be text that is no JSON."""
    text = config if isinstance(config, str) else json.dumps(config or described(layer("Dense", units=2)))
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("metadata.json", "{}")
        file.writestr("config.json", text)
        file.writestr("model.weights.h5", h5 or weights())
        for name, data in (extra or {}).items():
            file.writestr(name, data, zipfile.ZIP_DEFLATED)
    return path


def whole_h5(path: Path, description: dict) -> Path:
    """An .h5 file with a whole model."""
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(description)
        file["model_weights/kernel"] = np.ones((2, 2), np.float32)
    return path
