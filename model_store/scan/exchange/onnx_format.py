"""The format of ONNX: its messages, and a graph made of them (https://onnx.ai/onnx/api/classes.html).

Left out on purpose are functions, graphs inside nodes, sparse arrays and how a model was trained: image
networks have none of them, and what is not listed is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np

from model_store.scan.exchange.protobuf import (
    ARRAY,
    DamagedMessage,
    Message,
    Messages,
    WireField,
    read_message,
)

_TEXTS: Mapping[int, WireField] = MappingProxyType(
    {1: WireField("key", "text"), 2: WireField("value", "text")}
)


def _message(**fields: tuple[int, str]) -> Mapping[int, WireField]:
    """A message: number and kind of each field; a kind that ends with "*" may stand there many times."""
    return MappingProxyType(
        {number: WireField(name, kind.rstrip("*"), "*" in kind) for name, (number, kind) in fields.items()}
    )


MESSAGES: Messages = MappingProxyType(
    {
        "Model": _message(
            ir_version=(1, "int"),
            producer_name=(2, "text"),
            producer_version=(3, "text"),
            domain=(4, "text"),
            model_version=(5, "int"),
            doc_string=(6, "text"),
            graph=(7, "Graph"),
            opset_import=(8, "Opset*"),
            metadata_props=(14, "Entry*"),
        ),
        "Opset": _message(domain=(1, "text"), version=(2, "int")),
        "Entry": _TEXTS,
        "Graph": _message(
            node=(1, "Node*"),
            name=(2, "text"),
            initializer=(5, "Tensor*"),
            doc_string=(10, "text"),
            input=(11, "ValueInfo*"),
            output=(12, "ValueInfo*"),
            value_info=(13, "ValueInfo*"),
            metadata_props=(16, "Entry*"),
        ),
        "Node": _message(
            input=(1, "text*"),
            output=(2, "text*"),
            name=(3, "text"),
            op_type=(4, "text"),
            attribute=(5, "Attribute*"),
            doc_string=(6, "text"),
            domain=(7, "text"),
            overload=(8, "text"),
            metadata_props=(9, "Entry*"),
        ),
        "Attribute": _message(
            name=(1, "text"),
            f=(2, "float"),
            i=(3, "int"),
            s=(4, "bytes"),
            t=(5, "Tensor"),
            floats=(7, "float*"),
            ints=(8, "int*"),
            strings=(9, "bytes*"),
            doc_string=(13, "text"),
            type=(20, "int"),
        ),
        "Tensor": _message(
            dims=(1, "int*"),
            data_type=(2, "int"),
            float_data=(4, f"{ARRAY}*"),
            int32_data=(5, "int*"),
            int64_data=(7, "int*"),
            name=(8, "text"),
            raw_data=(9, "bytes"),
            double_data=(10, f"{ARRAY}*"),
            uint64_data=(11, "int*"),
            doc_string=(12, "text"),
            external_data=(13, "Entry*"),
            data_location=(14, "int"),
            metadata_props=(16, "Entry*"),
        ),
        "ValueInfo": _message(
            name=(1, "text"), type=(2, "Type"), doc_string=(3, "text"), metadata_props=(4, "Entry*")
        ),
        "Type": _message(tensor_type=(1, "TensorType"), denotation=(6, "text")),
        "TensorType": _message(elem_type=(1, "int"), shape=(2, "Shape")),
        "Shape": _message(dim=(1, "Dimension*")),
        "Dimension": _message(dim_value=(1, "int"), dim_param=(2, "text"), denotation=(3, "text")),
    }
)

_TYPES: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        1: ("float32", "float_data"),
        2: ("uint8", "int32_data"),
        3: ("int8", "int32_data"),
        4: ("uint16", "int32_data"),
        5: ("int16", "int32_data"),
        6: ("int32", "int32_data"),
        7: ("int64", "int64_data"),
        9: ("bool", "int32_data"),
        10: ("float16", "int32_data"),
        11: ("float64", "double_data"),
        12: ("uint32", "uint64_data"),
        13: ("uint64", "uint64_data"),
    }
)
"""Element types by number: numpy's name, and the field where numbers stand that are not in ``raw_data``."""

MOST_AXES = 8


class ExternalData(DamagedMessage):
    """An array that lies in another file."""


@dataclass(frozen=True)
class OnnxNode:
    """An operation.

    Attributes:
        operation: its type, such as "Conv".
        domain: whose operation it is; "" for ONNX itself.
        name: its own name, which may be empty or there twice.
        inputs: names of what it takes; "" for what is left out.
        outputs: names of what it gives.
        attributes: numbers, texts, arrays and tuples of them by name.
    """

    operation: str
    domain: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]


@dataclass(frozen=True)
class OnnxValue:
    """What goes in or comes out.

    Attributes:
        name: of the value.
        shape: length of each axis, None where it is open; empty where nothing is said.
    """

    name: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True)
class OnnxGraph:
    """A network as ONNX describes it.

    Attributes:
        nodes: from input to output.
        arrays: constants by name, views of the file.
        inputs: without those that are constants.
        outputs: what it gives.
        opset: version of ONNX' own operations.
        domains: of all operations, as the file says.
    """

    nodes: tuple[OnnxNode, ...]
    arrays: Mapping[str, np.ndarray]
    inputs: tuple[OnnxValue, ...]
    outputs: tuple[OnnxValue, ...]
    opset: int
    domains: frozenset[str]


def read_onnx(data: bytes) -> OnnxGraph:
    """The graph in the bytes of a file.

    Raises:
        DamagedMessage: it is damaged, or holds something that is not listed above.
        ExternalData: its arrays lie in other files.
    """
    model = read_message(memoryview(data), "Model", MESSAGES)
    if not model["graph"] or not model["ir_version"]:
        raise DamagedMessage("it has no graph")
    graph: Message = model["graph"][0]
    arrays = {_first(tensor, "name", ""): _array(tensor) for tensor in graph["initializer"]}
    versions = {_first(one, "domain", "") or "": _first(one, "version", 0) for one in model["opset_import"]}
    return OnnxGraph(
        nodes=tuple(_node(node) for node in graph["node"]),
        arrays=arrays,
        inputs=tuple(value for value in map(_value, graph["input"]) if value.name not in arrays),
        outputs=tuple(map(_value, graph["output"])),
        opset=versions.get("", versions.get("ai.onnx", 0)),
        domains=frozenset(versions),
    )


def _first(message: Message, name: str, default: Any) -> Any:
    return message[name][0] if message[name] else default


def _node(node: Message) -> OnnxNode:
    return OnnxNode(
        _first(node, "op_type", ""),
        _first(node, "domain", ""),
        _first(node, "name", ""),
        tuple(node["input"]),
        tuple(node["output"]),
        {_first(one, "name", ""): _attribute(one) for one in node["attribute"]},
    )


def _attribute(attribute: Message) -> Any:
    """The one value of an attribute; numbers that are 0 and lists that are empty may be left out."""
    kind = _first(attribute, "type", 0)
    readers = {1: ("f", 0.0), 2: ("i", 0), 3: ("s", b"")}
    if kind in readers:
        value = _first(attribute, *readers[kind])
        return bytes(value).decode("utf-8", "replace") if kind == 3 else value
    if kind == 4 and attribute["t"]:
        return _array(attribute["t"][0])
    lists = {6: "floats", 7: "ints", 8: "strings"}
    if kind in lists:
        return tuple(bytes(one) if kind == 8 else one for one in attribute[lists[kind]])
    raise DamagedMessage("an attribute holds something that is not read, such as a graph of its own")


def _value(value: Message) -> OnnxValue:
    kind = _first(value, "type", None)
    tensor = _first(kind, "tensor_type", None) if kind else None
    shape = _first(tensor, "shape", None) if tensor else None
    sides = [_first(one, "dim_value", 0) for one in shape["dim"]] if shape else []
    return OnnxValue(_first(value, "name", ""), tuple(side if side > 0 else None for side in sides))


def _array(tensor: Message) -> np.ndarray:
    """A constant, whose bytes have to be as many as its shape says."""
    if tensor["external_data"] or _first(tensor, "data_location", 0):
        raise ExternalData("an array lies in another file")
    shape, number = tuple(tensor["dims"]), _first(tensor, "data_type", 0)
    if number not in _TYPES:
        raise DamagedMessage(f"an array has the element type {number}, which is not read")
    name, field = _TYPES[number]
    kind = np.dtype(name)
    if len(shape) > MOST_AXES or any(side < 0 for side in shape):
        raise DamagedMessage("an array has an impossible shape")
    content = _content(tensor, field, kind)
    if content.size != prod(shape):
        raise DamagedMessage("an array is not as long as its shape")
    return content.reshape(shape)


def _content(tensor: Message, field: str, kind: np.dtype[Any]) -> np.ndarray:
    """All numbers in a row."""
    raw = tensor["raw_data"]
    if raw:
        if len(raw[0]) % kind.itemsize:
            raise DamagedMessage("an array is cut off")
        return np.frombuffer(raw[0], kind.newbyteorder("<"))
    values = tensor[field]
    if field in ("float_data", "double_data"):
        joined = b"".join(values)
        if len(joined) % kind.itemsize:
            raise DamagedMessage("an array is cut off")
        return np.frombuffer(joined, kind)
    if kind == np.float16:  # as numbers of its bits
        return np.array([value & 0xFFFF for value in values], np.uint16).view(np.float16)
    return np.array(values, np.int64 if kind.kind != "u" else np.uint64).astype(kind)
