"""Each rule against TensorFlow's own gradient of the same operations: ties, borders, strides, odd sizes."""

import numpy as np
import pytest

from model_store.backends.openvino_forward import convert
from model_store.base import runtime
from model_store.derivatives.nodes import NoDerivativeError
from model_store.derivatives.reverse import Asked, derivatives
from model_store.network.frozen import freeze

SHAPE = (2, 9, 11, 3)


def both(make, folder, values):
    """Derivatives by OpenVINO and by TensorFlow of a weighted sum of what ``make`` computes of values, bent a
    little, so that the way back needs the way forward.
    """
    import openvino

    tf = runtime.tensorflow()
    path = folder / "network.xml"

    def bent(pictures):
        made = make(pictures)
        return made + 0.1 * made * made

    convert(freeze(lambda pictures: {"logit": bent(pictures)}, tf.TensorSpec(values.shape, tf.float32)), path)
    kinds = {node.get_type_name() for node in openvino.Core().read_model(path).get_ops()}
    graph = derivatives(openvino.Core().read_model(path), values.shape, Asked(by_input=True))
    compiled = openvino.Core().compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    images = tf.constant(values)
    with tf.GradientTape() as tape:
        tape.watch(images)
        answer = bent(images)
        weights = np.random.default_rng(1).normal(size=answer.shape).astype(np.float32)
        score = tf.reduce_sum(answer * weights)
    wanted = tape.gradient(score, images).numpy()
    plain = [np.array(value, np.float32) for value in (0, 1)]
    return compiled([values, weights, *plain])[0], wanted, kinds


@pytest.fixture
def values(rng):
    """float32 (2, 9, 11, 3), of few different numbers, so that many are equal."""
    return (rng.integers(-3, 4, SHAPE) / 2).astype(np.float32)


def kernels(*shape):
    return np.random.default_rng(2).normal(size=shape).astype(np.float32)


def convolved(stride, padding, size=3, dilation=1):
    return lambda tf, x: tf.nn.conv2d(x, kernels(size, size, 3, 4), stride, padding, dilations=dilation)


def by_channel(stride, padding, size=3):
    strides = (1, stride, stride, 1)
    return lambda tf, x: tf.nn.depthwise_conv2d(x, kernels(size, size, 3, 2), strides, padding)


def largest(size, stride, padding):
    return lambda tf, x: tf.nn.max_pool2d(x, size, stride, padding)


def mean(size, stride, padding):
    return lambda tf, x: tf.nn.avg_pool2d(x, size, stride, padding)


WINDOWS = {
    f"{kind} {size} {stride} {padding}": make
    for size, stride in ((2, 2), (3, 1), (3, 2), (2, 3), (5, 2), (1, 2))
    for padding in ("SAME", "VALID")
    for kind, make in (
        ("convolution", convolved(stride, padding, size)),
        ("depthwise", by_channel(stride, padding, size)),
        ("max", largest(size, stride, padding)),
        ("mean", mean(size, stride, padding)),
    )
}


@pytest.mark.models
@pytest.mark.parametrize("case", WINDOWS)
def test_windows(case, values, tmp_path):
    tf = runtime.tensorflow()
    found, wanted, _ = both(lambda x: WINDOWS[case](tf, x), tmp_path, values)
    assert np.abs(wanted).max() > 0.1
    np.testing.assert_allclose(found, wanted, atol=1e-5 * np.abs(wanted).max())


def attended(tf, x):
    tokens = tf.reshape(x, (2, 99, 3)) @ kernels(3, 8)
    heads = tf.transpose(tf.reshape(tokens, (2, 99, 2, 4)), (0, 2, 1, 3))
    keys = tf.transpose(tf.reshape(tokens @ kernels(8, 8), (2, 99, 2, 4)), (0, 2, 1, 3))[:, :, :50]
    share = tf.nn.softmax(tf.matmul(heads, keys, transpose_b=True) * 0.3)
    return tf.matmul(share, tf.tanh(keys))


def normalised(tf, x):
    centre, variance = tf.nn.moments(x, -1, keepdims=True)
    return (x - centre) * tf.math.rsqrt(variance + 1e-3) * kernels(3) + kernels(3)


def resized(method, size_hw):
    return lambda tf, x: tf.image.resize(x, size_hw, method)


def aligned(tf, x):
    return tf.compat.v1.image.resize_bilinear(x, (17, 13), align_corners=True)


OTHERS = {
    "relu": lambda tf, x: tf.nn.relu(x),
    "relu6": lambda tf, x: tf.nn.relu6(4 * x),
    "leaky": lambda tf, x: tf.nn.leaky_relu(x, 0.2),
    "clip": lambda tf, x: tf.clip_by_value(x, -0.75, 0.75),
    "sigmoid": lambda tf, x: tf.sigmoid(x),
    "tanh": lambda tf, x: tf.tanh(x),
    "gelu": lambda tf, x: tf.nn.gelu(x),
    "gelu tanh": lambda tf, x: tf.nn.gelu(x, approximate=True),
    "swish": lambda tf, x: tf.nn.silu(x),
    "hard swish": lambda tf, x: x * tf.nn.relu6(x + 3.25) / 6,
    "elu": lambda tf, x: tf.nn.elu(x),
    "softplus": lambda tf, x: tf.nn.softplus(x),
    "mish": lambda tf, x: x * tf.tanh(tf.nn.softplus(x)),
    "erf": lambda tf, x: tf.math.erf(x),
    "abs": lambda tf, x: tf.abs(x),
    "exp": lambda tf, x: tf.exp(x),
    "log": lambda tf, x: tf.math.log(x + 5),
    "sqrt": lambda tf, x: tf.sqrt(x + 5),
    "rsqrt": lambda tf, x: tf.math.rsqrt(x + 5),
    "square": lambda tf, x: tf.square(x),
    "power": lambda tf, x: (x + 5) ** 2.5,
    "difference": lambda tf, x: tf.math.squared_difference(x, tf.reduce_mean(x, (1, 2), keepdims=True)),
    "divided": lambda tf, x: x[..., :1] / (x + 5),
    "squeeze and excite": lambda tf, x: (
        x * tf.sigmoid(tf.reduce_mean(x, (1, 2), keepdims=True) @ kernels(3, 3))
    ),
    "larger": lambda tf, x: tf.maximum(x, x[..., ::-1]),
    "smaller": lambda tf, x: tf.minimum(x * 2, 0.75),
    "where": lambda tf, x: tf.where(x > 0.2, x * 3, x * x),
    "softmax": lambda tf, x: tf.nn.softmax(x * 2),
    "log softmax": lambda tf, x: tf.nn.log_softmax(x * 2),
    "sum": lambda tf, x: tf.reduce_sum(x * x, (1, 2)),
    "mean": lambda tf, x: tf.reduce_mean(x * x, -1),
    "greatest": lambda tf, x: tf.reduce_max(x, (1, 2)),
    "logsumexp": lambda tf, x: tf.reduce_logsumexp(x, -1),
    "layer norm": normalised,
    "attention": attended,
    "product": lambda tf, x: tf.matmul(tf.reshape(x, (2, 297)), kernels(297, 5)),
    "outer": lambda tf, x: tf.matmul(tf.reshape(x, (2, 99, 3)), tf.reshape(x, (2, 99, 3)), transpose_a=True),
    "turned": lambda tf, x: tf.transpose(x * x, (0, 3, 1, 2)),
    "joined": lambda tf, x: tf.concat([x, x * x, tf.sin(kernels(*SHAPE))], -1),
    "split": lambda tf, x: tf.split(x * x, 3, -1)[1] * 2,
    "all parts": lambda tf, x: tf.add_n([part * (at + 1) for at, part in enumerate(tf.split(x, 3, -1))]),
    "backwards": lambda tf, x: (x * x)[..., ::-1],
    "every second": lambda tf, x: (x * x)[:, ::2, 1::3],
    "one row": lambda tf, x: (x * x)[:, 4],
    "gathered": lambda tf, x: tf.gather(x * x, [2, 0], axis=-1),
    "padded": lambda tf, x: tf.pad(x * x, ((0, 0), (1, 2), (3, 0), (0, 0))),
    "bilinear": resized("bilinear", (18, 22)),
    "bilinear odd": resized("bilinear", (13, 7)),
    "bilinear smaller": resized("bilinear", (4, 5)),
    "nearest": resized("nearest", (18, 33)),
    "nearest odd": resized("nearest", (13, 7)),
    "aligned corners": aligned,
    "dilated": convolved(1, "SAME", 3, 2),
}


@pytest.mark.models
@pytest.mark.parametrize("case", OTHERS)
def test_everything_else(case, values, tmp_path):
    tf = runtime.tensorflow()
    found, wanted, _ = both(lambda x: OTHERS[case](tf, x), tmp_path, values)
    assert np.abs(wanted).max() > 0.1
    np.testing.assert_allclose(found, wanted, atol=1e-5 * np.abs(wanted).max())


@pytest.mark.models
def test_what_has_no_rule_says_so(values, tmp_path):
    tf = runtime.tensorflow()
    with pytest.raises(NoDerivativeError, match="the operation Sin has no derivative here"):
        both(lambda x: tf.sin(x), tmp_path, values)
    with pytest.raises(NoDerivativeError, match="Gather"):
        both(lambda x: tf.gather(x, [0, 0], axis=-1), tmp_path, values)
