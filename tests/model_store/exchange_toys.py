"""The same small networks as Keras models and as ONNX, TFLite and OpenVINO IR."""

import io
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from model_store.base import runtime
from tests.fuzz.hostile_exchange import packed
from tests.fuzz.onnx_writer import OnnxFile, classifier

QUANTISED = "twin.int8.tflite"
"""``twin`` as 8-bit TFLite; ``python -m tests.model_store.exchange_toys`` wrote it."""
EXPORTED = Path(__file__).parents[1] / "data" / "exported"


def twin(side_hw: tuple[int, int] = (16, 24)) -> Any:
    """A classifier of 3 classes for -1 to 1, with random weights."""
    keras = runtime.keras()
    keras.utils.set_random_seed(3)
    layers = keras.layers
    steps = [
        layers.Input((*side_hw, 3)),
        layers.Conv2D(6, 3, padding="same", name="first"),
        layers.BatchNormalization(name="normal"),
        layers.ReLU(name="lit"),
        layers.MaxPooling2D(2),
        layers.Conv2D(5, 3, name="second"),
        layers.ReLU(name="seen"),
        layers.Flatten(),
        layers.Dense(3, name="answer"),
    ]
    model = keras.Sequential(steps)
    random = np.random.default_rng(5)
    for layer in model.layers:
        layer.set_weights([_shaken(random, array) for array in layer.get_weights()])
    return model


def _shaken(random: np.random.Generator, array: np.ndarray) -> np.ndarray:
    """Every number changed; what is 1 stays above 0."""
    return array + random.uniform(-0.3, 0.3, array.shape).astype(np.float32)


def onnx_of(model: Any) -> OnnxFile:
    """``twin`` as PyTorch exports it: kernels (O, I, h, w), rows of the matrix in the order (C, H, W)."""
    first, normal, second, answer = (
        model.get_layer(name) for name in ("first", "normal", "second", "answer")
    )
    gamma, beta, mean, variance = normal.get_weights()
    height, width, channels = model.get_layer("seen").output.shape[1:]
    rows = answer.get_weights()[0].reshape(height, width, channels, 3).transpose(3, 2, 0, 1).reshape(3, -1)
    weights = {"gamma": gamma, "beta": beta, "mean": mean, "variance": variance}
    weights |= {"kernel": _turned(first), "bias": first.get_weights()[1]}
    weights |= {"kernel2": _turned(second), "bias2": second.get_weights()[1]}
    return classifier(weights | {"matrix": np.ascontiguousarray(rows), "bias3": answer.get_weights()[1]})


def _turned(layer: Any) -> np.ndarray:
    return np.ascontiguousarray(layer.get_weights()[0].transpose(3, 2, 0, 1))


def segmenter_twin() -> Any:
    """A segmenter of 3 classes for images of any size, 0 to 1; its map is enlarged at the end."""
    keras = runtime.keras()
    keras.utils.set_random_seed(4)
    layers = keras.layers
    image = layers.Input((None, None, 3))
    maps = layers.Conv2D(6, 4, 4, name="first", bias_initializer="ones")(image)
    maps = layers.ReLU(name="lit")(maps)
    maps = layers.Conv2D(3, 1, name="classes")(maps)
    return keras.Model(image, layers.UpSampling2D(4, interpolation="bilinear")(maps))


def segmenter_onnx(model: Any) -> bytes:
    """The same as PyTorch exports it."""
    made = OnnxFile(("n", 3, "h", "w"))
    for name, step in (("first", 4), ("classes", 1)):
        layer = model.get_layer(name)
        kernel = _turned(layer)
        said = {"kernel_shape": list(kernel.shape[2:]), "strides": [step, step]}
        made.step("Conv", kernel, layer.get_weights()[1], name=name, **said)
        if name == "first":
            made.step("Relu", name="lit")
    scales = np.array([1, 1, 4, 4], np.float32)
    places = "pytorch_half_pixel"
    made.step("Resize", None, scales, mode="linear", coordinate_transformation_mode=places)
    return made.bytes(("n", 3, "h", "w"))


def tflite_of(model: Any, kind: str = "float") -> bytes:
    """A Keras model as TFLite: "float", or "int8" and "uint8" throughout, for values -1 to 1."""
    tf = runtime.tensorflow()
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind != "float":
        random = np.random.default_rng(0)
        shape = (1, *model.input_shape[1:])
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: (
            [random.uniform(-1, 1, shape).astype(np.float32)] for _ in range(30)
        )
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = getattr(tf, kind)
    return bytes(converter.convert())


def ir_of(onnx: bytes, folder: Path) -> bytes:
    """The two files of OpenVINO in a zip."""
    openvino = import_module("openvino")
    model = openvino.Core().read_model(io.BytesIO(onnx))
    openvino.save_model(model, str(folder / "toy.xml"), compress_to_fp16=False)
    return packed({name: (folder / name).read_bytes() for name in ("toy.xml", "toy.bin")})


if __name__ == "__main__":
    (EXPORTED / QUANTISED).write_bytes(tflite_of(twin(), "int8"))
