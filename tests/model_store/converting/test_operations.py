"""Each operation of ONNX, as Keras and as OpenVINO run it; and what is not converted says why."""

import numpy as np
import pytest

from model_store.converting.values import NotConverted, safe_name
from model_store.exchange.network import ExchangeNetwork
from model_store.loading.own import ReadOptions, read_network
from model_store.own.model import Preprocessing
from tests.fuzz.onnx_writer import OnnxFile, node

pytestmark = pytest.mark.models

RAW = Preprocessing("raw")
ONES = [1, 1, 1, 1]
RANDOM = np.random.default_rng(7)


def weights(*shape):
    return RANDOM.normal(0, 0.5, shape).astype(np.float32)


def ints(*values):
    return np.array(values, np.int64)


def conv(made, outputs=4, inputs=3, kernel=3, **said):
    depth = inputs // said.get("group", 1)
    return made.step("Conv", weights(outputs, depth, kernel, kernel), weights(outputs), **said)


def resize(made, scales, **said):
    return made.step("Resize", None, np.array([1, 1, *scales], np.float32), **said)


def both_ways(tmp_path, content, count=3, size_hw=(16, 24)):
    """Outputs of OpenVINO and of the Keras model."""
    path = tmp_path / "toy.onnx"
    path.write_bytes(content)
    twin = read_network(path, ReadOptions("onnx", RAW, converted=True))
    network = read_network(path, ReadOptions("onnx", RAW))
    assert isinstance(network, ExchangeNetwork)
    images = np.random.default_rng(1).normal(0, 1, (count, *size_hw, twin.channels)).astype(np.float32)
    return network.outputs(images), np.asarray(twin.graph(images))


MAPS = {
    "uneven pads": lambda: conv(OnnxFile(), pads=[0, 2, 1, 0]),
    "steps and pads": lambda: conv(OnnxFile(), strides=[2, 3], pads=[1, 1, 1, 1]),
    "same, upper": lambda: conv(OnnxFile(), strides=[2, 2], auto_pad="SAME_UPPER"),
    "same, lower": lambda: conv(OnnxFile(), kernel=4, strides=[2, 2], auto_pad="SAME_LOWER"),
    "holes": lambda: conv(OnnxFile(), dilations=[2, 3], pads=[2, 3, 2, 3]),
    "each channel": lambda: conv(OnnxFile(), 6, 3, group=3, pads=[1, 1, 1, 1], strides=[2, 2]),
    "groups": lambda: conv(conv(OnnxFile()), 6, 4, group=2),
    "grey": lambda: conv(OnnxFile(("n", 1, 16, 24)), inputs=1),
    "places last": lambda: conv(OnnxFile(("n", 16, 24, 3)).step("Transpose", perm=[0, 3, 1, 2])),
    "transposed": lambda: OnnxFile().step(
        "ConvTranspose",
        weights(3, 4, 3, 3),
        weights(4),
        strides=[2, 2],
        pads=[1, 1, 1, 1],
        output_padding=[1, 1],
    ),
    "transposed, thin": lambda: OnnxFile().step("ConvTranspose", weights(3, 4, 2, 2), strides=[3, 2]),
    "largest, padded": lambda: OnnxFile().step(
        "MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]
    ),
    "largest, ceiling": lambda: OnnxFile().step("MaxPool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
    "mean of what is there": lambda: OnnxFile().step("AveragePool", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
    "mean with pads": lambda: OnnxFile().step(
        "AveragePool", kernel_shape=[2, 2], strides=[2, 2], pads=[1, 0, 1, 0], count_include_pad=1
    ),
    "enlarged, half pixels": lambda: resize(
        OnnxFile(), (2, 3), mode="linear", coordinate_transformation_mode="half_pixel"
    ),
    "enlarged, corners": lambda: resize(
        OnnxFile(), (2, 2), mode="linear", coordinate_transformation_mode="align_corners"
    ),
    "enlarged, nearest": lambda: resize(
        OnnxFile(), (2, 2), mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"
    ),
    "shrunk": lambda: OnnxFile((1, 3, 16, 24)).step("Resize", None, None, ints(1, 3, 8, 12), mode="linear"),
    "by half more": lambda: resize(OnnxFile(), (1.5, 0.5), mode="linear"),
    "upsample of older files": lambda: OnnxFile(opset=9).step(
        "Upsample", np.array([1, 1, 2, 2], np.float32), mode="nearest"
    ),
    "slopes": lambda: OnnxFile().step("PRelu", weights(3, 1, 1)),
    "a leak": lambda: OnnxFile().step("LeakyRelu", alpha=0.2),
    "elu, tanh": lambda: OnnxFile().step("Elu", alpha=0.7).step("Tanh"),
    "relu6": lambda: OnnxFile().step("Clip", np.float32(0).reshape(()), np.float32(6).reshape(())),
    "clip": lambda: OnnxFile().step("Clip", np.float32(-0.5).reshape(()), np.float32(0.5).reshape(())),
    "hard swish": lambda: OnnxFile(opset=14).step("HardSwish"),
    "mish, softplus": lambda: OnnxFile(opset=18).step("Mish").step("Softplus"),
    "gelu of parts": lambda: OnnxFile().step("Erf").step("Add", np.float32(1).reshape(1)).step("Exp"),
    "with constants": lambda: OnnxFile().step("Mul", weights(3, 1, 1)).step("Sub", weights(1, 3, 1, 1)),
    "reflected": lambda: OnnxFile().step("Pad", ints(0, 0, 1, 2, 0, 0, 2, 1), mode="reflect"),
    "zeros": lambda: OnnxFile().step("Pad", ints(0, 0, 1, 2, 0, 0, 2, 1), np.float32(0).reshape(())),
    "cut": lambda: OnnxFile().step("Slice", ints(1, 2), ints(2**62, -3), ints(2, 3)),
    "channels normal": lambda: OnnxFile(("n", 16, 24, 3)).step("LayerNormalization", weights(3), weights(3)),
    "softmax of classes": lambda: conv(OnnxFile()).step("Softmax", axis=1),
}


@pytest.mark.parametrize("name", MAPS)
def test_maps_are_those_of_openvino(tmp_path, name):
    wanted, found = both_ways(tmp_path, MAPS[name]().bytes(("n", "c", "h", "w")))
    assert wanted.shape == found.shape and np.abs(wanted - found).max() <= 1e-4 * np.abs(wanted).max()


def flat(**said):
    return conv(OnnxFile(**said), strides=[4, 4])  # (N, 4, 4, 6)


def pooled():
    return flat().step("GlobalAveragePool")


VALUES = {
    "rows of maps": lambda: flat().step("Flatten").step("Relu").step("Gemm", weights(5, 96), transB=1),
    "a matrix": lambda: flat().step("Reshape", ints(0, -1)).step("MatMul", weights(96, 5)),
    "one image": lambda: flat(shape=(1, 3, 16, 24)).step("Reshape", ints(1, 96)).step("Gemm", weights(96, 5)),
    "means": lambda: flat().step("ReduceMean", axes=[2, 3], keepdims=0).step("Add", weights(4)),
    "means, kept": lambda: pooled().step("Squeeze", ints(2, 3)).step("Softmax"),
    "a map of one place": lambda: flat().step("GlobalMaxPool"),
    "normal values": lambda: pooled().step("Flatten").step("BatchNormalization", *normal(4)),
}


def normal(channels):
    """Factor, shift, mean and variance."""
    return weights(channels), weights(channels), weights(channels), np.abs(weights(channels)) + 1


@pytest.mark.parametrize("name", VALUES)
def test_values_are_those_of_openvino(tmp_path, name):
    wanted, found = both_ways(tmp_path, VALUES[name]().bytes())
    assert wanted.shape == found.shape and np.abs(wanted - found).max() <= 1e-4 * np.abs(wanted).max()


def gated():
    """Squeeze and excitation, and a SiLU of two operations, whose activation is one layer."""
    made = conv(OnnxFile(), pads=[1, 1, 1, 1]).step("Sigmoid")
    made.step("Mul", "conv0", name="silu").step("GlobalAveragePool").step("Sigmoid")
    return made.step("Mul", "silu", name="gated")


def test_gates_and_activations_of_two_operations(tmp_path):
    content = gated().bytes(("n", "c", "h", "w"))
    wanted, found = both_ways(tmp_path, content)
    assert np.allclose(wanted, found, atol=1e-5)
    network = read_network(tmp_path / "toy.onnx", ReadOptions("onnx", RAW, converted=True))
    assert [layer.name for layer in network.target_layers if layer.best] == ["silu.Mul"]


def resized_like():
    """A map enlarged to the size of the image, whatever that is."""
    made = conv(OnnxFile(("n", 3, "h", "w")), strides=[2, 2])
    for name, place in (("image", 2), ("conv0", 0)):
        made.last = name
        made.step("Shape").step("Slice", ints(place), ints(place + 2), ints(0), name=f"of-{name}")
    made.step("Concat", "of-image", name="size", axis=0)
    made.last = "conv0"
    return made.step("Resize", None, None, "size", mode="linear").bytes(("n", "c", "h", "w"))


@pytest.mark.parametrize("size_hw", [(16, 24), (33, 21)])
def test_a_size_that_an_image_decides(tmp_path, size_hw):
    wanted, found = both_ways(tmp_path, resized_like(), size_hw=size_hw)
    assert wanted.shape == (3, *size_hw, 4) == found.shape and np.allclose(wanted, found, atol=1e-5)


def test_groups_have_gradients(tmp_path):
    """TensorFlow has none of grouped convolutions on processors: they are taken apart."""
    path = tmp_path / "toy.onnx"
    path.write_bytes(conv(conv(OnnxFile()), 6, 4, group=2).bytes(("n", "c", "h", "w")))
    graph = read_network(path, ReadOptions("onnx", RAW, converted=True)).graph
    assert {layer.groups for layer in graph.layers if hasattr(layer, "groups")} == {1}
    path.write_bytes(conv(conv(OnnxFile(), 18), 18, 18, group=9).bytes(("n", "c", "h", "w")))
    with pytest.raises(NotConverted, match="9 groups"):
        read_network(path, ReadOptions("onnx", RAW, converted=True))


def split_and_joined():
    made = conv(OnnxFile())
    made.nodes.append(node("Split", ["conv0"], ["a", "b"], axis=1))
    made.last = "a"
    return made.step("Relu").step("Concat", "b", axis=1)


def test_parts_of_channels(tmp_path):
    wanted, found = both_ways(tmp_path, split_and_joined().bytes(("n", "c", "h", "w")))
    assert np.allclose(wanted, found, atol=1e-5)


REFUSED = {
    "DepthToSpace": lambda: OnnxFile().step("DepthToSpace", blocksize=2),
    "Reshape": lambda: conv(OnnxFile()).step("Reshape", ints(0, 2, 2, 14, 22)),
    "Transpose": lambda: OnnxFile().step("Transpose", perm=[0, 2, 1, 3]),
    "HardSigmoid": lambda: OnnxFile().step("HardSigmoid", alpha=0.3, beta=0.5),
    "Resize": lambda: resize(OnnxFile(), (2, 2), mode="cubic"),
    "Conv": lambda: conv(OnnxFile(), strides=[2, 2], dilations=[2, 2]),
    "Softmax": lambda: conv(OnnxFile()).step("Softmax", axis=2),
    "AveragePool": lambda: OnnxFile().step("AveragePool", kernel_shape=[2, 2], pads=[1, 0, 1, 0]),
    "ConvTranspose": lambda: OnnxFile().step("ConvTranspose", weights(3, 2, 2, 2), group=3),
}


@pytest.mark.parametrize("operation", REFUSED)
def test_what_has_no_counterpart_is_named(tmp_path, operation):
    path = tmp_path / "toy.onnx"
    path.write_bytes(REFUSED[operation]().bytes(("n", "c", "h", "w")))
    with pytest.raises(NotConverted, match=f"Its operation {operation} .*no counterpart in Keras") as caught:
        read_network(path, ReadOptions("onnx", RAW, converted=True))
    assert str(caught.value).endswith(".")


def test_names_of_layers():
    assert safe_name("/layer1/layer1.0/conv1/Conv") == "layer1.layer1.0.conv1.Conv"
    assert safe_name("a b/ü:c") == "a.b.c" and safe_name("///") == "step" and safe_name("_x") == "x"
