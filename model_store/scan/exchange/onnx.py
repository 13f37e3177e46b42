"""Scanner of ONNX files: known messages and operations, and no array that lies in another file."""

from collections.abc import Set
from pathlib import Path
from typing import BinaryIO

from engine.errors import ModelError
from engine.phrase import later
from model_store.scan.exchange.onnx_format import ExternalData, OnnxGraph, read_onnx
from model_store.scan.exchange.operations import ONNX
from model_store.scan.exchange.protobuf import DamagedMessage
from settings import VARIABLES, settings

LARGEST_FILE = 2**31 - 1
"""More than that no protobuf has."""
OWN_DOMAINS = ("", "ai.onnx")
UNKNOWN = later(
    "The model has the operation {name}. It is none that image networks need, or not one of the format "
    "itself; it is not loaded. Please export the model without it; the administrator of this server can "
    "allow it by {variable}."
)


def scan_onnx(file: BinaryIO) -> OnnxGraph:
    """Lets only a graph pass that computes, and whose arrays are all in the file.

    Returns:
        The graph; its arrays are views of what was read.

    Raises:
        ModelError: it is damaged, or holds something that is not allowed.
    """
    name = Path(file.name).name
    graph = _graph(_content(file, name), name)
    said = settings()
    if not said.trust_models:
        _refuse_operations(graph, ONNX | said.allow_operations)
    return graph


def _content(file: BinaryIO, name: str) -> bytes:
    file.seek(0)
    data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise ModelError("{name} is larger than 2 GB, which no ONNX file is.", name=name)
    return data


def _graph(data: bytes, name: str) -> OnnxGraph:
    try:
        return read_onnx(data)
    except ExternalData as error:
        raise ModelError(
            "{name} keeps its weights in another file, which is not read. Please export it in one file, "
            "with external_data=False.",
            name=name,
        ) from error
    except DamagedMessage as error:
        raise ModelError(
            "{name} is damaged, or no ONNX that Vitrine reads: {reason}. Please export the model again.",
            name=name,
            reason=str(error)[:120],
        ) from error


def _refuse_operations(graph: OnnxGraph, allowed: Set[str]) -> None:
    for node in graph.nodes:
        known = node.domain in OWN_DOMAINS and node.operation in allowed
        if not known:
            name = ".".join(part[:60] for part in (node.domain, node.operation) if part)
            raise unknown_operation(name)


def unknown_operation(name: str) -> ModelError:
    """An operation that is not on the list, in words."""
    return ModelError(UNKNOWN, name=name[:120], variable=VARIABLES["allow_operations"])
