"""Scanner of TFLite files: one graph of known operations, all of whose parts lie in the file.

The numbers of fields are those of the format's own definition (``schema.fbs`` of TensorFlow Lite, version 3).
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from engine.errors import ModelError
from model_store.scan.exchange.flatbuffer import BufferTable, DamagedBuffer, FlatBuffer
from model_store.scan.exchange.onnx import unknown_operation
from model_store.scan.exchange.operations import TFLITE
from settings import settings

IDENTIFIER = b"TFL3"
"""At the fifth byte."""
VERSION = 3
MOST_SPARE = 64
"""Bytes behind the last part that fill a file up."""
CUSTOM = 32
_PLACEHOLDER = 127
_OPTION_LISTS: Mapping[int, int] = MappingProxyType({17: 0, 30: 0})
"""Options that hold a list of numbers, and where: the new shape of RESHAPE, the axes of SQUEEZE."""


@dataclass(frozen=True)
class Quantised:
    """How whole numbers stand for real ones: real = (number - zero_point) * scale.

    Attributes:
        scale: of one step.
        zero_point: the number that stands for 0.
    """

    scale: float
    zero_point: int


@dataclass(frozen=True)
class TfliteEnds:
    """What goes in and comes out.

    Attributes:
        inputs: how each input is quantised; None for one that takes real numbers.
        outputs: the same of each output.
    """

    inputs: tuple[Quantised | None, ...]
    outputs: tuple[Quantised | None, ...]


def scan_tflite(file: BinaryIO) -> TfliteEnds:
    """Lets only a graph pass that computes.

    Raises:
        ModelError: it is damaged, or holds something that is not allowed.
    """
    name = Path(file.name).name
    file.seek(0)
    data = memoryview(file.read())
    try:
        buffer = FlatBuffer(data)
        ends = _looked_through(buffer, settings().trust_models)
    except DamagedBuffer as error:
        raise ModelError(
            "{name} is damaged, or no TFLite model that Vitrine reads: {reason}. Please convert it again.",
            name=name,
            reason=str(error)[:120],
        ) from error
    if file.seek(0, os.SEEK_END) - buffer.extent > MOST_SPARE:
        raise ModelError(
            "{name} holds bytes that do not belong to its network, such as packed labels. It could be read "
            "as another kind of file, so it is not read. Please convert the model without them.",
            name=name,
        )
    return ends


def _looked_through(buffer: FlatBuffer, trusted: bool) -> TfliteEnds:
    buffer.reach(0, 8)
    if bytes(buffer.data[4:8]) != IDENTIFIER:
        raise DamagedBuffer("it does not begin as TFLite does")
    model = buffer.root()
    if model.scalar(0, "I") != VERSION:
        raise DamagedBuffer("it is of another version")
    graphs = model.tables(2)
    if len(graphs) != 1:
        raise DamagedBuffer("it has several graphs, or none")
    codes = [_code(code) for code in model.tables(1)]
    sizes = [_buffer_bytes(one) for one in model.tables(4)]
    _look_at_words(model)
    tensors = [_tensor(tensor, len(sizes)) for tensor in graphs[0].tables(0)]
    for operator in graphs[0].tables(3):
        _look_at_operator(operator, codes, len(tensors), trusted)
    graphs[0].bytes_of(4)
    ends = [_indices(graphs[0], slot, len(tensors), least=0) for slot in (1, 2)]
    return TfliteEnds(*(tuple(tensors[index] for index in end) for end in ends))


def _code(code: BufferTable) -> int:
    """The number of a builtin operation: the newer field, unless only the older one is set."""
    code.bytes_of(1)
    return max(code.scalar(0, "b"), code.scalar(3, "i"))


def _buffer_bytes(buffer: BufferTable) -> int:
    if buffer.scalar(1, "Q") or buffer.scalar(2, "Q"):
        raise DamagedBuffer("its weights lie outside of its graph")
    return len(buffer.bytes_of(0))


def _look_at_words(model: BufferTable) -> None:
    """Its texts, which nothing reads, have to lie in the file as well."""
    model.bytes_of(3)
    model.bytes_of(5, 4)
    for note in model.tables(6):
        note.bytes_of(0)
    for signature in model.tables(7):
        signature.bytes_of(2)
        for pair in (*signature.tables(0), *signature.tables(1)):
            pair.bytes_of(0)


def _tensor(tensor: BufferTable, buffers: int) -> Quantised | None:
    """How a value is quantised as a whole; None where it is not."""
    tensor.bytes_of(0, 4)
    tensor.bytes_of(3)
    tensor.bytes_of(7, 4)
    if tensor.scalar(2, "I") >= buffers:
        raise DamagedBuffer("an array has no content")
    if tensor.has(6) or tensor.has(9):
        raise DamagedBuffer("an array is sparse, or of a type of its own")
    said = tensor.table(4)
    if said is None:
        return None
    said.bytes_of(0, 4)
    said.bytes_of(1, 4)
    if said.has(5):
        raise DamagedBuffer("an array is quantised in a way of its own")
    scales, zeros = said.numbers(2, "f"), said.numbers(3, "q")
    return Quantised(scales[0], int(zeros[0]) if zeros else 0) if len(scales) == 1 else None


def _look_at_operator(operator: BufferTable, codes: list[int], tensors: int, trusted: bool) -> None:
    index = operator.scalar(0, "I")
    if index >= len(codes):
        raise DamagedBuffer("an operation is of no kind")
    if not trusted and (codes[index] not in TFLITE or codes[index] == _PLACEHOLDER):
        raise unknown_operation("CUSTOM" if codes[index] == CUSTOM else f"TFLite {codes[index]}")
    for slot in (1, 2, 8):
        _indices(operator, slot, tensors, least=-1)
    operator.bytes_of(5)
    operator.bytes_of(7)
    if operator.scalar(9, "Q") or operator.scalar(10, "Q") or operator.has(12):
        raise DamagedBuffer("an operation has options that are not read")
    options = operator.table(4)
    if options is not None and operator.scalar(3, "B") in _OPTION_LISTS:
        options.bytes_of(_OPTION_LISTS[operator.scalar(3, "B")], 4)


def _indices(table: BufferTable, slot: int, count: int, least: int) -> Iterable[int]:
    """Numbers of arrays; -1 stands for one that is left out."""
    found = [int(index) for index in table.numbers(slot, "i")]
    if any(not least <= index < count for index in found):
        raise DamagedBuffer("an array is not there")
    return found
