"""Hostile ONNX, TFLite and OpenVINO IR: what each is, and a part of the sentence that it has to become."""

import io
import zipfile
from collections.abc import Callable
from random import Random

import numpy as np

from tests.fuzz.onnx_writer import OnnxFile, model, number, part
from tests.fuzz.tflite_writer import TfliteFile

FLAT = np.ones((2, 3), np.float32)


def packed(members: dict[str, bytes]) -> bytes:
    """A zip of some files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def dense():
    return OnnxFile(("n", 3)).step("Gemm", FLAT, transB=1)


def in_graph(content):
    return dense().bytes(graph=content)


def in_node(content):
    made = OnnxFile(("n", 3))
    made.nodes.append(part(1, "image") + part(2, "y") + part(4, "Relu") + content)
    made.last = "y"
    return made.bytes()


def with_array(content):
    return in_graph(part(5, part(8, "w") + content))


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
        lambda: in_node(part(5, part(1, "body") + part(6, part(2, "g")) + number(20, 5))),
        "field 6",
    ),
    "graphs inside": (lambda: in_node(part(5, part(1, "b") + part(11, part(2, "g")))), "unknown field 11"),
    "functions": (lambda: dense().bytes(more=part(25, part(1, "f"))), "unknown field 25 of Model"),
    "training": (lambda: dense().bytes(more=part(20, b"")), "unknown field 20 of Model"),
    "two graphs": (lambda: dense().bytes(more=part(7, part(2, "g"))), "Model has graph twice"),
    "sparse arrays": (lambda: in_graph(part(15, b"")), "unknown field 15 of Graph"),
    "weights elsewhere": (
        lambda: with_array(
            number(1, 2) + number(2, 1) + part(13, part(1, "location") + part(2, "/etc/passwd"))
        ),
        "keeps its weights in another file.*external_data=False",
    ),
    "weights said to be elsewhere": (
        lambda: with_array(number(1, 2) + number(2, 1) + number(14, 1)),
        "another file",
    ),
    "an attribute elsewhere": (
        lambda: in_node(part(5, part(1, "t") + part(5, number(2, 1) + number(14, 1)) + number(20, 4))),
        "another file",
    ),
    "a shorter array": (lambda: with_array(number(1, 3) + number(2, 1) + part(9, bytes(8))), "not as long"),
    "a longer array": (lambda: with_array(number(1, 1) + number(2, 1) + part(9, bytes(8))), "not as long"),
    "a huge array": (lambda: with_array(HUGE + part(9, bytes(8))), "not as long"),
    "a negative side": (lambda: with_array(number(1, -1) + number(2, 1) + part(9, b"")), "impossible shape"),
    "texts": (lambda: with_array(number(1, 1) + number(2, 8)), "element type 8"),
    "half a number": (lambda: with_array(number(1, 1) + number(2, 1) + part(9, bytes(3))), "cut off"),
    "bytes behind": (lambda: dense().bytes(more=b"PK\x03\x04"), "unknown field|holds something else"),
    "zeros behind": (lambda: dense().bytes(more=bytes(8)), "holds something else"),
    "no graph": (lambda: number(1, 8) + part(2, "toy"), "no graph"),
    "a name that is no text": (lambda: model(part(2, b"\xff\xfe")), "a text is none"),
    "a length without end": (lambda: dense().bytes(more=b"\x3a" + b"\xff" * 12), "does not end"),
    "a message that is a number": (lambda: number(1, 8) + part(2, "x") + number(7, 3), "graph is no message"),
}


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


HOSTILE: dict[str, dict[str, tuple[Callable[[], bytes], str]]] = {
    "hostile onnx": ONNX,
    "hostile tflite": {
        name: (lambda made=made: made().bytes(), match) for name, (made, match) in TFLITE_FILES.items()
    },
    "hostile ir": IR,
}
"""By kind and name: what makes it, and what it is told by."""


def hostile_exchange(kind: str, number: int, seed: int) -> tuple[str, bytes]:
    """The name of a hostile file and the file; numbers take them in turn, each seed from another one on."""
    names = sorted(HOSTILE[kind])
    name = names[(number + Random(f"{seed} {kind}").randrange(len(names))) % len(names)]
    return name, HOSTILE[kind][name][0]()
