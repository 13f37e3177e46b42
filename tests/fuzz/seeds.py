"""Valid files of each kind, which are then harmed.

``python -m tests.fuzz.seeds FOLDER`` makes models with Keras, too.
"""

import io
import shutil
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
from PIL import Image

from compute.replay.bundle import Bundle, write_bundle
from engine.explanation import Cost, Explanation, Provenance
from engine.images.picture import Picture
from engine.targets import ZoneTarget
from model_store.base.entries import FixedSize
from model_store.base.folders import WEIGHTS
from model_store.own.kinds import GRAPH
from model_store.own.model import OwnModel, Preprocessing
from model_store.own.toml import words_of
from tests.fuzz.doors.data_sets import data_set_seeds, upload_seeds
from tests.fuzz.hostile_exchange import GOOD, const, ir
from tests.fuzz.onnx_writer import OnnxFile
from tests.fuzz.stored import stored_seeds
from tests.fuzz.tflite_writer import TfliteFile

PICTURES = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "tiff": "TIFF", "gif": "GIF", "bmp": "BMP"}


def pixels() -> np.ndarray:
    """Colours and noise, uint8 (48, 64, 3)."""
    return np.random.default_rng(7).integers(0, 256, (48, 64, 3), dtype=np.uint8)


def picture_file(kind: str) -> bytes:
    """A small picture, animated where the kind allows it; JPEG and TIFF with a rotation."""
    buffer, image = io.BytesIO(), Image.fromarray(pixels())
    more: dict[str, object] = {
        "gif": {"save_all": True, "append_images": [image.rotate(90)]},
        "tiff": {"compression": "tiff_lzw"},
    }.get(kind, {})
    if kind == "jpeg":
        exif = Image.Exif()
        exif[0x0112] = 6
        more = {"exif": exif, "quality": 80}
    image.save(buffer, PICTURES[kind], **more)
    return buffer.getvalue()


def zip_file() -> bytes:
    """Some pictures in folders, and a text."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind in ("png", "jpeg", "gif"):
            archive.writestr(f"folder/{kind}.{kind}", picture_file(kind))
        archive.writestr("read me.txt", "hello")
    return buffer.getvalue()


def bundle_file() -> bytes:
    """A report of one map."""
    picture = Picture(pixels(), "street.png")
    mask = np.zeros((6, 8), bool)
    mask[2:4, 3:6] = True
    values = np.random.default_rng(3).random((4, 4)).astype(np.float32)
    origin = Provenance(
        "toy", "f" * 64, picture.name, picture.sha256, {"numpy": "2"}, {"batches": [[0, 8, 3]]}
    )
    target = ZoneTarget(1, mask, label="zone")
    cost, band = Cost(24, 0, 1.5), (values - 1, values + 1)
    found = Explanation(
        values, False, target, "sobol", {"grid": 4}, 0.5, cost, origin, *band, 0.9, ("careful",)
    )
    return write_bundle(Bundle((found,), {picture.sha256: picture}, {"title": "T"}), b"<!doctype html>")


def toml_file() -> bytes:
    """The words of a model with all that can be said."""
    scaling = Preprocessing("hand", (127.5, 127.5, 127.5), (127.5, 127.5, 127.5), "bgr")
    said = {
        "colours": ((10, 20, 30), (200, 100, 0)),
        "licence": "MIT",
        "source": "here",
        "files": {"model.keras": "0" * 64},
    }
    model = OwnModel(
        "Animals é", "classification", "keras", ("cat", "dog"), FixedSize(64, 64), scaling, **said
    )  # type: ignore[arg-type]
    return words_of(model).encode()


def light_keras_file() -> bytes:
    """What a ``.keras`` file looks like, without Keras: a shipped network, and weights that fit nothing."""
    weights, buffer = io.BytesIO(), io.BytesIO()
    with h5py.File(weights, "w") as file:
        file.create_dataset("layers/dense/vars/0", data=np.ones((4, 4), np.float32))
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.15.0", "date_saved": "2026-01-01@00:00:00"}')
        archive.writestr("config.json", (WEIGHTS / "dogs-vgg" / "architecture.json").read_bytes())
        archive.writestr("model.weights.h5", weights.getvalue())
    return buffer.getvalue()


def safetensors_file() -> bytes:
    """A small array."""
    from safetensors.numpy import save

    return save({"kernel": np.ones((4, 4), np.float32)})


def exchange_files() -> dict[str, bytes]:
    """A small network as ONNX, TFLite, and OpenVINO IR."""
    onnx = OnnxFile().step("Conv", np.ones((4, 3, 3, 3), np.float32), kernel_shape=[3, 3]).step("Relu")
    answer = onnx.step("GlobalAveragePool").step("Flatten", axis=1)
    return {"onnx": answer.bytes(), "tflite": TfliteFile().bytes(), "ir": ir(GOOD, const(0, 16))}


def light_seeds() -> dict[str, bytes]:
    """A file of each kind that needs no Keras."""
    pictures = {kind: picture_file(kind) for kind in PICTURES}
    return {
        **pictures,
        "zip": zip_file(),
        "bomb": picture_file("png"),
        "keras": light_keras_file(),
        "toml": toml_file(),
        "bundle": bundle_file(),
        **stored_seeds(),
        **data_set_seeds(),
        **upload_seeds(),
        "safetensors": safetensors_file(),
        **exchange_files(),
    }


def write_seeds(folder: Path) -> None:
    """Write all kinds into a folder; models are real ones."""
    from model_store.base import runtime

    keras = runtime.keras()
    layers = keras.layers
    steps = [layers.Conv2D(4, 3), layers.ReLU(), layers.GlobalAveragePooling2D(), layers.Dense(2)]
    model = keras.Sequential([layers.Input((32, 32, 3)), *steps])
    for kind, content in light_seeds().items():
        (folder / kind).write_bytes(content)
    for kind, name in {"keras": "model.keras", "h5": "model.h5"}.items():
        model.save(folder / name)
        (folder / name).rename(folder / kind)
    model.export(folder / "exported", verbose=False)
    shutil.copy(folder / "exported" / GRAPH, folder / "pb")


if __name__ == "__main__":
    write_seeds(Path(sys.argv[1]))
