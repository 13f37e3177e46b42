"""Scanners of ONNX, TFLite and OpenVINO IR: what is in order passes, each hostile variant is a sentence."""

import struct
import time
import zipfile

import pytest

from engine.errors import ModelError
from model_store.own.kinds import files_of, kind_of
from model_store.scan import scan
from model_store.scan.exchange.operations import TFLITE
from model_store.scan.exchange.tflite import MOST_SPARE, scan_tflite
from tests.fuzz.hostile_exchange import GOOD, IR, ONNX, TFLITE_FILES, const, dense, in_graph, ir, packed
from tests.fuzz.onnx_writer import OnnxFile, model, node, number, part, value
from tests.fuzz.tflite_writer import TfliteFile
from tests.model_store.exchange_toys import EXPORTED


def refused(path, content, match):
    path.write_bytes(content)
    with pytest.raises(ModelError, match=match) as caught:
        scan(path, kind_of(path))
    assert str(caught.value).endswith(".") and "{" not in str(caught.value)


def test_what_pytorch_exports_passes():
    for path in sorted(EXPORTED.glob("*.onnx")):
        assert kind_of(path) == "onnx" and files_of(path, "onnx") == {"model.onnx": path}
        scan(path, "onnx")


@pytest.mark.parametrize("name", ONNX)
def test_hostile_onnx_is_refused(tmp_path, name):
    made, match = ONNX[name]
    refused(tmp_path / "toy.onnx", made(), match)


def test_onnx_that_is_cut_anywhere_is_refused(tmp_path):
    content = dense().bytes()
    for length in range(3, len(content), 7):
        refused(tmp_path / "toy.onnx", content[:length], "damaged|no graph")


@pytest.mark.slow
def test_far_too_many_parts_are_refused_soon(tmp_path):
    began = time.process_time()
    refused(tmp_path / "toy.onnx", model(part(1, node("Relu", ["x"], ["y"])) * 60_000), "far too many parts")
    refused(tmp_path / "toy.onnx", in_graph(part(13, value("v", [1])) * 60_000), "far too many parts")
    assert time.process_time() - began < 6


def test_the_owner_allows_operations(tmp_path, monkeypatch):
    path = tmp_path / "toy.onnx"
    path.write_bytes(OnnxFile().step("RandomNormalLike").bytes())
    with pytest.raises(ModelError, match="operation RandomNormalLike.*VITRINE_ALLOW_OPERATIONS"):
        scan(path, "onnx")
    monkeypatch.setenv("VITRINE_ALLOW_OPERATIONS", "RandomNormalLike")
    scan(path, "onnx")


def test_numbers_of_arrays_may_stand_in_other_fields():
    from model_store.scan.exchange.onnx_format import read_onnx

    floats = number(1, 2) + number(2, 1) + part(8, "f") + part(4, struct.pack("<2f", 1.5, -2))
    halves = number(1, 1) + number(2, 10) + part(8, "h") + number(5, 0x3C00)
    whole = number(1, 2) + number(2, 7) + part(8, "i") + part(7, b"\x05" + b"\xff" * 9 + b"\x01")
    arrays = read_onnx(in_graph(part(5, floats) + part(5, halves) + part(5, whole))).arrays
    assert (
        arrays["f"].tolist() == [1.5, -2] and arrays["h"].tolist() == [1] and arrays["i"].tolist() == [5, -1]
    )


def test_tflite_passes_and_says_how_its_ends_are_quantised(tmp_path):
    path = tmp_path / "toy.tflite"
    path.write_bytes(TfliteFile(scale=0.5, zero_point=-3).bytes())
    assert kind_of(path) == "tflite"
    with path.open("rb") as file:
        ends = scan_tflite(file)
    assert (ends.inputs[0].scale, ends.inputs[0].zero_point) == (0.5, -3)
    path.write_bytes(path.read_bytes() + bytes(MOST_SPARE - 16))
    scan(path, "tflite")


@pytest.mark.parametrize("name", TFLITE_FILES)
def test_hostile_tflite_is_refused(tmp_path, name):
    made, match = TFLITE_FILES[name]
    refused(tmp_path / "toy.tflite", made().bytes(), match)


def test_tflite_that_points_anywhere_is_refused_or_passes(tmp_path):
    """Each byte of the structure in turn; nothing but a sentence comes out."""
    good, path = TfliteFile().bytes(), tmp_path / "toy.tflite"
    outcomes = set()
    for place in range(len(good)):
        if 4 <= place < 8:
            continue
        path.write_bytes(good[:place] + b"\xff" + good[place + 1 :])
        try:
            scan(path, "tflite")
            outcomes.add("passed")
        except ModelError as error:
            outcomes.add("refused")
            assert str(error).endswith(".")
    assert outcomes == {"passed", "refused"}


def test_tflite_with_something_behind_is_refused(tmp_path):
    refused(
        tmp_path / "toy.tflite", TfliteFile().bytes() + packed({"labels.txt": b"a\nb" * 100}), "do not belong"
    )
    refused(tmp_path / "toy.tflite", TfliteFile().bytes()[:40], "points out of the file|damaged")


@pytest.mark.models
def test_numbers_of_tflite_are_those_of_its_own_definition():
    from model_store.base import runtime

    runtime.tensorflow()
    from tensorflow.lite.python.schema_py_generated import BuiltinOperator

    assert {code: name for name, code in vars(BuiltinOperator).items() if code in TFLITE} == dict(TFLITE)


@pytest.mark.parametrize("name", IR)
def test_hostile_ir_is_refused(tmp_path, name):
    made, match = IR[name]
    path = tmp_path / "toy.zip"
    path.write_bytes(made())
    assert kind_of(path) == "openvino"
    refused(path, path.read_bytes(), match)


def test_ir_in_order_passes_and_its_parts_alone_say_what_is_wanted(tmp_path):
    path = tmp_path / "toy.zip"
    path.write_bytes(ir(GOOD, const(0, 16)))
    scan(path, kind_of(path))
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "toy")
    for place in (tmp_path / "toy", tmp_path / "toy" / "toy.xml"):
        with pytest.raises(ModelError, match="pack its .xml and its .bin into one .zip"):
            kind_of(place)
