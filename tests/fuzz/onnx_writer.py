"""A writer of ONNX, for files that no library would write; no library is needed for it."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7, "bool": 9, "float16": 10, "float64": 11}


def varint(value: int) -> bytes:
    value %= 1 << 64
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def number(place: int, value: int) -> bytes:
    """A whole number."""
    return varint(place << 3) + varint(value)


def part(place: int, content: bytes | str) -> bytes:
    """A text, bytes, or a message."""
    data = content.encode() if isinstance(content, str) else content
    return varint(place << 3 | 2) + varint(len(data)) + data


def real(place: int, value: float) -> bytes:
    return varint(place << 3 | 5) + struct.pack("<f", value)


def tensor(name: str, array: np.ndarray) -> bytes:
    dims = b"".join(number(1, side) for side in array.shape)
    return dims + number(2, TYPES[array.dtype.name]) + part(8, name) + part(9, array.tobytes())


def attribute(name: str, value: Any) -> bytes:
    if isinstance(value, np.ndarray):
        return part(1, name) + part(5, tensor("", value)) + number(20, 4)
    if isinstance(value, str):
        return part(1, name) + part(4, value) + number(20, 3)
    if isinstance(value, float):
        return part(1, name) + real(2, value) + number(20, 1)
    if isinstance(value, int):
        return part(1, name) + number(3, value) + number(20, 2)
    if value and isinstance(value[0], float):
        return part(1, name) + b"".join(real(7, one) for one in value) + number(20, 6)
    return part(1, name) + b"".join(number(8, one) for one in value) + number(20, 7)


def node(
    operation: str, inputs: Sequence[str], outputs: Sequence[str], domain: str = "", **said: Any
) -> bytes:
    """An operation called as its first output."""
    ends = b"".join(part(1, name) for name in inputs) + b"".join(part(2, name) for name in outputs)
    attributes = b"".join(part(5, attribute(name, value)) for name, value in said.items())
    return ends + part(3, f"/{outputs[0]}/{operation}") + part(4, operation) + attributes + part(7, domain)


def value(name: str, shape: Sequence[int | str], kind: int = 1) -> bytes:
    """What goes in or comes out; a text is the name of an open axis."""
    sides = b"".join(part(1, part(2, side) if isinstance(side, str) else number(1, side)) for side in shape)
    return part(1, name) + part(2, part(1, number(1, kind) + part(2, sides)))


@dataclass
class OnnxFile:
    """A file in the making: a chain of operations from "image" to the last one.

    Attributes:
        shape: of the input.
        opset: version of the operations.
        nodes: written so far.
        arrays: constants by name.
    """

    shape: Sequence[int | str] = ("n", 3, 16, 24)
    opset: int = 17
    nodes: list[bytes] = field(default_factory=list)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    last: str = "image"

    def step(
        self, operation: str, *arrays: np.ndarray | str | None, name: str = "", **said: Any
    ) -> "OnnxFile":
        """One more operation on the last value, with constants or other values behind it."""
        output = name or f"{operation.lower()}{len(self.nodes)}"
        inputs = [self.last]
        for index, array in enumerate(arrays):
            inputs.append(self._input(array, f"{output}.{index}"))
        self.nodes.append(node(operation, inputs, [output], **said))
        self.last = output
        return self

    def _input(self, array: np.ndarray | str | None, name: str) -> str:
        if array is None or isinstance(array, str):
            return array or ""
        self.arrays[name] = array
        return name

    def bytes(self, answer: Sequence[int | str] = ("n", "c"), more: bytes = b"", graph: bytes = b"") -> bytes:
        """The file; ``more`` stands behind it, ``graph`` at the end of the graph."""
        content = b"".join(part(1, one) for one in self.nodes) + part(2, "toy")
        content += b"".join(part(5, tensor(name, array)) for name, array in self.arrays.items())
        content += part(11, value("image", self.shape)) + part(12, value(self.last, answer)) + graph
        return model(content, self.opset) + more


def model(graph: bytes, opset: int = 17) -> bytes:
    """A file with a graph."""
    return number(1, 8) + part(2, "toy") + part(7, graph) + part(8, part(1, "") + number(2, opset))


def classifier(weights: Mapping[str, np.ndarray]) -> OnnxFile:
    """The network of ``exchange_toys.twin``, as PyTorch exports it."""
    made = OnnxFile()
    made.step(
        "Conv", weights["kernel"], weights["bias"], name="first", pads=[1, 1, 1, 1], kernel_shape=[3, 3]
    )
    normal = (weights[name] for name in ("gamma", "beta", "mean", "variance"))
    made.step("BatchNormalization", *normal, name="normal", epsilon=1e-3).step("Relu", name="lit")
    made.step("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    made.step("Conv", weights["kernel2"], weights["bias2"], name="second", kernel_shape=[3, 3])
    made.step("Relu", name="seen").step("Flatten", axis=1)
    return made.step("Gemm", weights["matrix"], weights["bias3"], name="answer", transB=1)
