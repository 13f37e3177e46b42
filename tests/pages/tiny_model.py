"""A classifier of red, green and blue pictures as a .keras file.

It is written by hand: no TensorFlow is needed for it.
"""

import io
import json
import zipfile

import h5py
import numpy as np

SIDE = 32
SURE = 12.0


def layer(kind: str, **config: object) -> dict:
    return {"module": "keras.layers", "class_name": kind, "config": config, "registered_name": None}


def tiny_keras(*more: dict, side: int | None = SIDE) -> bytes:
    """Colours 0 to 1; the class is the colour that is more than its mean. More layers stand at its end.

    Without a side it takes pictures of any size.
    """
    layers = [
        layer("InputLayer", batch_shape=[None, side, side, 3], name="picture"),
        layer("Conv2D", name="light", filters=3, kernel_size=[1, 1], activation="relu"),
        layer("GlobalAveragePooling2D", name="mean"),
        layer("Dense", name="answer", units=3, activation="softmax"),
        *more,
    ]
    config = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "tiny", "layers": layers},
        "registered_name": None,
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
        file.writestr("config.json", json.dumps(config))
        file.writestr("model.weights.h5", _weights())
    return content.getvalue()


def _weights() -> bytes:
    eye, zero = np.eye(3, dtype=np.float32), np.zeros(3, np.float32)
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        for kind, name, kernel in (("conv2d", "light", eye[None, None]), ("dense", "answer", SURE * eye)):
            group = file.create_group(f"layers/{kind}/vars")
            group.attrs["name"] = name
            group["0"], group["1"] = kernel, zero
        file.create_group("vars").attrs["name"] = "tiny"
    return content.getvalue()
