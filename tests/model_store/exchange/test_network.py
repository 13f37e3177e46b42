"""Networks that OpenVINO reads: layouts, numbers of images, whole numbers, and what they cannot do."""

import numpy as np
import pytest

from engine.errors import ModelError
from engine.methods import METHODS
from engine.model import INPUT, ModelFacts
from model_store.base import runtime
from model_store.base.entries import FixedSize, Grouping
from model_store.exchange.answering_model import AnsweringModel
from model_store.exchange.layout import FIRST, LAST, classes_last, image_axis
from model_store.loading.inspection import inspect_network
from model_store.loading.own import ReadOptions, read_network
from model_store.own.kinds import kind_of
from model_store.own.model import Preprocessing
from tests.fuzz.onnx_writer import OnnxFile
from tests.model_store.exchange_toys import ir_of, onnx_of, tflite_of, twin

pytestmark = pytest.mark.models

SIGNED = Preprocessing("signed")
RANDOM = np.random.default_rng(2)
PICTURES = RANDOM.uniform(0, 255, (5, 16, 24, 3)).astype(np.float32)
KERNEL = RANDOM.normal(0, 1, (4, 3, 3, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def model():
    return twin()


@pytest.fixture(scope="module")
def logits(model):
    return np.asarray(model(PICTURES / np.float32(127.5) - 1))


def brought(folder, content, answer="logits", preprocessing=SIGNED):
    path = folder / "toy"
    path.write_bytes(content)
    return read_network(path, ReadOptions(kind_of(path), preprocessing, answer))


def facts(task="classification", classes=3):
    labels = tuple(map(str, range(classes)))
    return ModelFacts("toy", "Toy", task, labels, ((0, 0, 0),) * classes, "", "0" * 64)


def test_the_same_network_in_each_format(tmp_path, model, logits):
    onnx = onnx_of(model).bytes()
    for content in (onnx, ir_of(onnx, tmp_path), tflite_of(model)):
        network = brought(tmp_path, content)
        assert network.size_hw == (16, 24) and network.channels == 3
        assert np.abs(network(PICTURES) - logits).max() <= 1e-4 * np.abs(logits).max()
        assert np.array_equal(network(PICTURES), network(PICTURES)), "nothing of it changes"
        seen = inspect_network(network, tmp_path / "toy")
        assert (seen.task, seen.classes, seen.certain) == ("classification", 3, False)
        assert seen.layers > 5 and seen.parameters > 1000


@pytest.mark.parametrize("kind", ["int8", "uint8"])
def test_a_quantised_tflite_answers_as_tensorflow_lite_does(tmp_path, model, logits, kind):
    content = tflite_of(model, kind)
    found = brought(tmp_path, content)(PICTURES)
    wanted = interpreted(content, PICTURES / np.float32(127.5) - 1)
    assert np.abs(found - wanted).max() <= 1e-4 * np.abs(wanted).max()
    assert 0 < np.abs(found - logits).max() < 0.1 * np.ptp(logits), "eight bits are not thirty-two"


def interpreted(content, inputs):
    tf = runtime.tensorflow()
    interpreter = tf.lite.Interpreter(model_content=content)
    interpreter.allocate_tensors()
    (taken,), (given,) = interpreter.get_input_details(), interpreter.get_output_details()
    limits = np.iinfo(taken["dtype"])
    scale, zero = taken["quantization"]
    found = []
    for one in inputs:
        whole = np.clip(np.round(one[None] / scale) + zero, limits.min, limits.max).astype(taken["dtype"])
        interpreter.set_tensor(taken["index"], whole)
        interpreter.invoke()
        found.append(interpreter.get_tensor(given["index"])[0])
    scale, zero = given["quantization"]
    return (np.array(found, np.float32) - zero) * scale


@pytest.mark.parametrize("at_a_time", [0, 1])
def test_a_file_for_one_image_answers_for_many(tmp_path, at_a_time):
    """OpenVINO opens a shape of one image; sizes of a resized map it does not: those are run one by one."""
    made = OnnxFile((1, 3, 16, 24)).step("Conv", KERNEL, strides=[4, 4])
    if at_a_time:
        made.step("Resize", None, None, np.array([1, 4, 4, 6]), mode="linear")
    content = made.step("Reshape", np.array([1, 96])).step("Gemm", np.ones((96, 2), np.float32)).bytes()
    network = brought(tmp_path, content)
    assert network._compiled._at_a_time == at_a_time
    many, single = network(PICTURES), [network(picture[None])[0] for picture in PICTURES]
    assert many.shape == (5, 2) and np.allclose(many, single, atol=1e-4) and np.ptp(many) > 0


def test_maps_with_classes_on_either_axis(tmp_path):
    said = {"pads": [1, 1, 1, 1]}
    first = brought(tmp_path, OnnxFile().step("Conv", KERNEL, **said).bytes(("n", "c", "h", "w")))(PICTURES)
    turned = OnnxFile().step("Conv", KERNEL, **said).step("Transpose", perm=[0, 2, 3, 1])
    last = brought(tmp_path, turned.bytes(("n", "h", "w", "c")))(PICTURES)
    given = OnnxFile(("n", 16, 24, 3)).step("Transpose", perm=[0, 3, 1, 2]).step("Conv", KERNEL, **said)
    taken = brought(tmp_path, given.bytes(("n", "c", "h", "w")))(PICTURES)
    assert (
        first.shape == (5, 16, 24, 4) and np.array_equal(first, last) and np.allclose(first, taken, atol=1e-5)
    )
    place = brought(tmp_path, OnnxFile().step("GlobalAveragePool").bytes(("n", 3, 1, 1)))(PICTURES)
    assert place.shape == (5, 3), "a map of one place is a value for each class"


def test_axes_are_found():
    assert image_axis((None, 3, 8, 8), "onnx") == FIRST and image_axis((1, 8, 8, 1), "onnx") == LAST
    assert image_axis((1, 3, 8, 3), "tflite") == LAST and image_axis((1, 3, 8, 3), "openvino") == FIRST
    for shape in ((1, 4, 8, 8), (3, 8, 8), (), (None, None, None, None)):
        with pytest.raises(ModelError, match="an image"):
            image_axis(shape, "onnx")
    assert classes_last(np.zeros((2, 19, 8, 16)), (32, 64), LAST).shape == (2, 8, 16, 19)
    assert classes_last(np.zeros((2, 8, 16, 19)), (32, 64), FIRST).shape == (2, 8, 16, 19)


def test_a_grey_network_and_a_single_output(tmp_path):
    kernel = np.full((1, 1, 1, 1), 2, np.float32)
    made = OnnxFile(("n", 1, 16, 24)).step("Conv", kernel).step("GlobalAveragePool").step("Flatten")
    network = brought(tmp_path, made.bytes(), preprocessing=Preprocessing("unit"))
    grey = (PICTURES @ np.array([0.299, 0.587, 0.114], np.float32)).mean((1, 2)) / 255
    assert np.allclose(network(PICTURES), np.stack([-2 * grey, 2 * grey], -1), atol=1e-4)
    model = AnsweringModel(facts(classes=2), FixedSize(16, 24), network)
    assert np.allclose(model.score_batch(PICTURES, "probability").sum(-1), 1, atol=1e-6)


@pytest.mark.parametrize("answer", ["softmax", "sigmoid"])
def test_probabilities_stay_what_they_are(tmp_path, answer):
    made = OnnxFile().step("Conv", KERNEL).step("GlobalAveragePool").step("Flatten")
    wanted = made.step({"softmax": "Softmax", "sigmoid": "Sigmoid"}[answer]).bytes()
    network = brought(tmp_path, wanted, answer)
    model = AnsweringModel(facts(classes=4), FixedSize(16, 24), network)
    raw = network.outputs(network.input_of(PICTURES))
    assert np.allclose(model.score_batch(PICTURES, "probability"), raw, atol=1e-5) and raw.std() > 0.01


def test_classes_are_summed_up_to_categories(tmp_path):
    network = brought(
        tmp_path, OnnxFile().step("Conv", KERNEL, pads=[1, 1, 1, 1]).bytes(("n", "c", "h", "w"))
    )
    grouping = Grouping(("a", "b"), ((0, 0, 0), (1, 1, 1)), (0, 1, 1, 0))
    plain = AnsweringModel(facts("segmentation", 4), FixedSize(16, 24), network)
    summed = AnsweringModel(facts("segmentation", 2), FixedSize(16, 24), network, grouping)
    wanted = plain.score_batch(PICTURES, "probability")
    found = summed.score_batch(PICTURES, "probability")
    assert np.allclose(
        found, np.stack([wanted[..., [0, 3]].sum(-1), wanted[..., 1:3].sum(-1)], -1), atol=1e-5
    )


def test_it_answers_and_says_why_it_does_no_more(tmp_path, model):
    network = brought(tmp_path, onnx_of(model).bytes())
    answering = AnsweringModel(facts(), FixedSize(16, 24), network)
    reasons = {key: method.why_not(answering.facts, answering.traits) for key, method in METHODS.items()}
    assert "returns outputs only" in reasons["saliency"] and "reads a layer" in reasons["gradcam"]
    assert reasons["lime"] is None and answering.backend.name == "OpenVINO f32"
    refused = (
        lambda: answering.layer_gradients(PICTURES, np.zeros((5, 3), np.float32), [INPUT]),
        lambda: answering.input_gradients(PICTURES, np.zeros((5, 3), np.float32), "plain"),
        lambda: answering.receptive_field("x", (16, 24)),
        lambda: answering.logits(PICTURES),
        lambda: answering.features.layer_maps(PICTURES[0], "x"),
        lambda: network.forward_to(PICTURES, "x"),
    )
    for call in refused:
        with pytest.raises(ModelError, match="only returns outputs"):
            call()


def test_other_ends_are_refused(tmp_path):
    for made, match in (
        (OnnxFile(("n", 5, 16, 24)).step("Relu"), "an image"),
        (OnnxFile(("n", 3)).step("Relu"), "an image"),
    ):
        with pytest.raises(ModelError, match=match):
            brought(tmp_path, made.bytes(("n", "c", "h", "w")))
    with pytest.raises(ModelError, match="cannot be read"):
        brought(tmp_path, OnnxFile().step("Conv", KERNEL[:, :2]).bytes(("n", "c", "h", "w")))
