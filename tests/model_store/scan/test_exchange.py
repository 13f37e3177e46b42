"""Scanners of ONNX, TFLite and OpenVINO IR: what is in order passes, each hostile variant is a sentence."""

import struct
import time
import zipfile

import numpy as np
import pytest

from engine.errors import ModelError
from model_store.own.kinds import files_of, kind_of
from model_store.scan import scan
from model_store.scan.exchange_operations import TFLITE
from model_store.scan.tflite import MOST_SPARE, scan_tflite
from tests.model_store.exchange_toys import EXPORTED, packed
from tests.model_store.onnx_writer import OnnxFile, model, node, number, part, value
from tests.model_store.tflite_writer import TfliteFile

FLAT = np.ones((2, 3), np.float32)


def refused(path, content, match):
    path.write_bytes(content)
    with pytest.raises(ModelError, match=match) as caught:
        scan(path, kind_of(path))
    assert str(caught.value).endswith(".") and "{" not in str(caught.value)


def dense():
    return OnnxFile(("n", 3)).step("Gemm", FLAT, transB=1)


def test_what_pytorch_exports_passes():
    for path in sorted(EXPORTED.glob("*.onnx")):
        assert kind_of(path) == "onnx" and files_of(path, "onnx") == {"model.onnx": path}
        scan(path, "onnx")


def _in_graph(content):
    return dense().bytes(graph=content)


def _in_node(content):
    made = OnnxFile(("n", 3))
    made.nodes.append(part(1, "image") + part(2, "y") + part(4, "Relu") + content)
    made.last = "y"
    return made.bytes()


def _with_array(content):
    return _in_graph(part(5, part(8, "w") + content))


HUGE = number(1, 2**40) * 4 + number(2, 1)
ONNX = {
    "python": (
        lambda: OnnxFile().step("PythonOp", domain="org.pytorch").bytes(),
        "operation org.pytorch.PythonOp",
    ),
    "another library": (
        lambda: OnnxFile().step("FusedConv", domain="com.microsoft").bytes(),
        "com.microsoft",
    ),
    "a loop": (lambda: OnnxFile().step("Loop").bytes(), "operation Loop"),
    "a decoder of images": (lambda: OnnxFile().step("ImageDecoder").bytes(), "operation ImageDecoder"),
    "a graph inside": (
        lambda: _in_node(part(5, part(1, "body") + part(6, part(2, "g")) + number(20, 5))),
        "field 6",
    ),
    "graphs inside": (lambda: _in_node(part(5, part(1, "b") + part(11, part(2, "g")))), "unknown field 11"),
    "functions": (lambda: dense().bytes(more=part(25, part(1, "f"))), "unknown field 25 of Model"),
    "training": (lambda: dense().bytes(more=part(20, b"")), "unknown field 20 of Model"),
    "two graphs": (lambda: dense().bytes(more=part(7, part(2, "g"))), "Model has graph twice"),
    "sparse arrays": (lambda: _in_graph(part(15, b"")), "unknown field 15 of Graph"),
    "weights elsewhere": (
        lambda: _with_array(
            number(1, 2) + number(2, 1) + part(13, part(1, "location") + part(2, "/etc/passwd"))
        ),
        "keeps its weights in another file.*external_data=False",
    ),
    "weights said to be elsewhere": (
        lambda: _with_array(number(1, 2) + number(2, 1) + number(14, 1)),
        "another file",
    ),
    "an attribute elsewhere": (
        lambda: _in_node(part(5, part(1, "t") + part(5, number(2, 1) + number(14, 1)) + number(20, 4))),
        "another file",
    ),
    "a shorter array": (lambda: _with_array(number(1, 3) + number(2, 1) + part(9, bytes(8))), "not as long"),
    "a longer array": (lambda: _with_array(number(1, 1) + number(2, 1) + part(9, bytes(8))), "not as long"),
    "a huge array": (lambda: _with_array(HUGE + part(9, bytes(8))), "not as long"),
    "a negative side": (lambda: _with_array(number(1, -1) + number(2, 1) + part(9, b"")), "impossible shape"),
    "texts": (lambda: _with_array(number(1, 1) + number(2, 8)), "element type 8"),
    "half a number": (lambda: _with_array(number(1, 1) + number(2, 1) + part(9, bytes(3))), "cut off"),
    "bytes behind": (lambda: dense().bytes(more=b"PK\x03\x04"), "unknown field|holds something else"),
    "zeros behind": (lambda: dense().bytes(more=bytes(8)), "holds something else"),
    "no graph": (lambda: number(1, 8) + part(2, "toy"), "no graph"),
    "a name that is no text": (lambda: model(part(2, b"\xff\xfe")), "a text is none"),
    "a length without end": (lambda: dense().bytes(more=b"\x3a" + b"\xff" * 12), "does not end"),
    "a message that is a number": (lambda: number(1, 8) + part(2, "x") + number(7, 3), "graph is no message"),
}


@pytest.mark.parametrize("name", ONNX)
def test_hostile_onnx_is_refused(tmp_path, name):
    made, match = ONNX[name]
    refused(tmp_path / "toy.onnx", made(), match)


def test_onnx_that_is_cut_anywhere_is_refused(tmp_path):
    content = dense().bytes()
    for length in range(3, len(content), 7):
        refused(tmp_path / "toy.onnx", content[:length], "damaged|no graph")


def test_far_too_many_parts_are_refused_soon(tmp_path):
    began = time.process_time()
    refused(tmp_path / "toy.onnx", model(part(1, node("Relu", ["x"], ["y"])) * 120_000), "far too many parts")
    refused(tmp_path / "toy.onnx", _in_graph(part(13, value("v", [1])) * 120_000), "far too many parts")
    assert time.process_time() - began < 6


def test_the_owner_allows_operations(tmp_path, monkeypatch):
    path = tmp_path / "toy.onnx"
    path.write_bytes(OnnxFile().step("RandomNormalLike").bytes())
    with pytest.raises(ModelError, match="operation RandomNormalLike.*VITRINE_ALLOW_OPERATIONS"):
        scan(path, "onnx")
    monkeypatch.setenv("VITRINE_ALLOW_OPERATIONS", "RandomNormalLike")
    scan(path, "onnx")


def test_numbers_of_arrays_may_stand_in_other_fields():
    from model_store.scan.onnx_format import read_onnx

    floats = number(1, 2) + number(2, 1) + part(8, "f") + part(4, struct.pack("<2f", 1.5, -2))
    halves = number(1, 1) + number(2, 10) + part(8, "h") + number(5, 0x3C00)
    whole = number(1, 2) + number(2, 7) + part(8, "i") + part(7, b"\x05" + b"\xff" * 9 + b"\x01")
    arrays = read_onnx(_in_graph(part(5, floats) + part(5, halves) + part(5, whole))).arrays
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


TFLITE_FILES = {
    "code": (lambda: TfliteFile(code=32, custom="FlexReadFile"), "operation CUSTOM"),
    "a loop": (lambda: TfliteFile(code=119), "operation TFLite 119"),
    "a variable": (lambda: TfliteFile(code=142), "operation TFLite 142"),
    "two graphs": (lambda: TfliteFile(graphs=2), "several graphs"),
    "an array that is not there": (lambda: TfliteFile(inputs=(7,)), "an array is not there"),
    "an operation of no kind": (lambda: TfliteFile(opcode=9), "of no kind"),
    "content that is not there": (lambda: TfliteFile(buffer=9), "no content"),
    "weights elsewhere": (lambda: TfliteFile(offset=4096), "outside of its graph"),
    "another version": (lambda: TfliteFile(version=2), "another version"),
}


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


def test_numbers_of_tflite_are_those_of_its_own_definition():
    from model_store.base import runtime

    runtime.tensorflow()
    from tensorflow.lite.python.schema_py_generated import BuiltinOperator

    assert {code: name for name, code in vars(BuiltinOperator).items() if code in TFLITE} == dict(TFLITE)


LAYER = '<layer id="0" name="x" type="{type}" version="{version}">{data}</layer>'
GOOD = LAYER.format(type="Parameter", version="opset1", data='<data shape="1,3" element_type="f32"/>')


def ir(*layers, head='<?xml version="1.0"?>', weights=bytes(16), name="net"):
    text = f'{head}<{name} name="toy" version="11"><layers>{"".join(layers)}</layers></{name}>'
    return packed({"toy.xml": text.encode(), "toy.bin": weights})


def const(offset, size):
    return LAYER.format(type="Const", version="opset1", data=f'<data offset="{offset}" size="{size}"/>')


def evil(kind="ReadValue", version="opset6", data=""):
    return LAYER.format(type=kind, version=version, data=data)


def linked():
    return packed({"toy.xml": b"x", "aa/y.bin": b"y"}).replace(b"aa/y.bin", b"../y.bin")


IR = {
    "an entity": (
        lambda: ir(GOOD, head='<?xml version="1.0"?><!DOCTYPE net [<!ENTITY a "b">]>'),
        "types or entities",
    ),
    "an outer entity": (
        lambda: ir(GOOD, head='<?xml version="1.0"?><!DOCTYPE net SYSTEM "file:///etc/passwd">'),
        "types or entities",
    ),
    "another encoding": (lambda: ir(GOOD, head='<?xml version="1.0" encoding="utf-7"?>'), "XML in UTF-8"),
    "no xml": (lambda: packed({"toy.xml": b"hello", "toy.bin": b""}), "XML in UTF-8"),
    "another text": (lambda: ir(GOOD, name="svg"), "describes no network"),
    "no layers": (lambda: ir(), "describes no network"),
    "a variable": (lambda: ir(evil()), "operation opset6 ReadValue"),
    "an extension": (lambda: ir(evil("Add", "extension")), "operation extension Add"),
    "an unknown set": (lambda: ir(evil("Add", "")), "operation Add"),
    "a graph inside": (lambda: ir(evil("Add", "opset1", "<body></body>")), "a graph of its own"),
    "numbers outside": (lambda: ir(const(8, 16)), "lies outside of the .bin"),
    "numbers before": (lambda: ir(const(-8, 8)), "lies outside of the .bin"),
    "numbers nowhere": (lambda: ir(const("", "x")), "where its numbers are"),
    "deep": (lambda: ir("<a>" * 60 + "</a>" * 60), "nested too deeply"),
    "open tags": (
        lambda: packed({"toy.xml": b'<?xml version="1.0"?><net>', "toy.bin": b""}),
        "cannot be read",
    ),
    "three files": (lambda: packed({"toy.xml": b"", "toy.bin": b"", "evil.so": b""}), "holds 3 files"),
    "one file": (lambda: packed({"toy.xml": b""}), "holds 1 files"),
    "a way out": (linked, "leads out of it"),
    "bytes behind": (lambda: ir(GOOD) + b"x" * 99, "belong to none|damaged"),
    "a bomb": (lambda: ir(GOOD, weights=bytes(64 * 2**20)), "times as large"),
}


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
