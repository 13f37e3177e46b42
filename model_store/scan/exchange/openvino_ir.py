"""Scanner of OpenVINO IR: a zip of an .xml with known operations and a .bin with their numbers.

The two are read from the zip into memory, within bounds, and never unpacked to disk.
"""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO, ClassVar
from xml.parsers import expat

from engine.errors import ModelError
from engine.images.untrusted_zip import DAMAGE, unpack
from model_store.scan.exchange.onnx import unknown_operation
from model_store.scan.exchange.operations import OPENVINO
from model_store.scan.zip import refuse_members, refuse_number
from model_store.scan.zip_layout import is_tight
from settings import settings

GRAPH, WEIGHTS = ".xml", ".bin"
LARGEST_XML, LARGEST_BIN = 64 * 2**20, 2**31
MOST_ELEMENTS, DEEPEST, LONGEST_VALUE = 2_000_000, 24, 2**16
_SETS = re.compile(r"opset[1-9][0-9]?")
_PLAIN = re.compile(rb"\s*<\?xml version=\"1\.0\"( encoding=\"(?i:utf-8)\")?\s*\?>")
"""How the file begins: another encoding might be read otherwise by another library."""


@dataclass(frozen=True)
class IrFiles:
    """The two files of a network.

    Attributes:
        graph: the .xml.
        weights: the .bin.
    """

    graph: bytes
    weights: bytes


def scan_openvino(file: BinaryIO) -> IrFiles:
    """Lets only a zip pass with a graph that computes, and its numbers.

    Raises:
        ModelError: it is damaged, or holds something else.
    """
    try:
        files = _files(file)
    except DAMAGE as error:
        raise _damaged(str(error)[:120] or type(error).__name__) from error
    _GraphReading(len(files.weights), settings().trust_models).read(files.graph)
    return files


def _files(file: BinaryIO) -> IrFiles:
    refuse_number(file)
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        names = {PurePosixPath(member.filename).suffix.lower(): member for member in members}
        if len(members) != 2 or names.keys() != {GRAPH, WEIGHTS}:
            raise ModelError(
                "The archive holds {count} files. Expected were the .xml and the .bin of an OpenVINO model, "
                "and nothing else. Please pack these two.",
                count=len(members),
            )
        refuse_members(members, file.seek(0, 2))
        if not is_tight(archive, file):
            raise ModelError(
                "The archive holds bytes that belong to none of its files, and could be read as another kind "
                "of file. It is not read. Please pack the model again."
            )
        graph = unpack(archive, names[GRAPH], LARGEST_XML)
        weights = unpack(archive, names[WEIGHTS], LARGEST_BIN)
    if graph is None or weights is None:
        raise ModelError("The files in the archive are too large: at most 64 MB of .xml and 2 GB of .bin.")
    return IrFiles(graph, weights)


def _damaged(reason: str) -> ModelError:
    return ModelError("The OpenVINO model is damaged: {reason}. Please save or pack it again.", reason=reason)


class _GraphReading:
    """One look through an .xml.

    Args:
        weights: bytes of the .bin.
        trusted: whether any operation may be there.
    """

    def __init__(self, weights: int, trusted: bool) -> None:
        self._weights, self._trusted = weights, trusted
        self._elements = self._depth = self._layers = 0
        self._layer = ""

    def read(self, graph: bytes) -> None:
        """Look through it all.

        Raises:
            ModelError: it is damaged, or holds something that is not allowed.
        """
        if not _PLAIN.match(graph) or b"\0" in graph:
            raise _damaged("its .xml does not begin as XML in UTF-8 does")
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse_types
        try:
            parser.Parse(graph, True)
        except expat.ExpatError as error:
            raise _damaged(f"its .xml cannot be read ({error})") from error
        if not self._layers:
            raise _damaged("its .xml describes no network")

    def _refuse_types(self, *_: Any) -> None:
        raise ModelError("The .xml of the model declares types or entities, which no network needs.")

    def _begin(self, name: str, values: dict[str, str]) -> None:
        self._elements, self._depth = self._elements + 1, self._depth + 1
        long = any(len(value) > LONGEST_VALUE for value in values.values())
        if self._elements > MOST_ELEMENTS or self._depth > DEEPEST or long:
            raise _damaged("its .xml has far too many parts, or is nested too deeply")
        if self._depth == 1 and name != "net":
            raise _damaged("its .xml describes no network")
        look = self._looks.get(name)
        if look is not None:
            look(self, values)

    def _end(self, name: str) -> None:
        self._depth -= 1

    def _look_at_layer(self, values: dict[str, str]) -> None:
        self._layers += 1
        self._layer = values.get("type", "")
        known = self._layer in OPENVINO and _SETS.fullmatch(values.get("version", ""))
        if not known and not self._trusted:
            raise unknown_operation(f"{values.get('version', '')} {self._layer}".strip())

    def _look_at_data(self, values: dict[str, str]) -> None:
        """Numbers of a constant have to lie in the .bin."""
        if self._layer != "Const":
            return
        try:
            offset, size = int(values["offset"]), int(values["size"])
        except (KeyError, ValueError) as error:
            raise _damaged("a constant does not say where its numbers are") from error
        if offset < 0 or size < 0 or offset + size > self._weights:
            raise _damaged("a constant lies outside of the .bin")

    def _refuse_body(self, _values: dict[str, str]) -> None:
        raise unknown_operation(f"{self._layer} with a graph of its own")

    _looks: ClassVar[dict[str, Callable[..., None]]] = {
        "layer": _look_at_layer,
        "data": _look_at_data,
        "body": _refuse_body,
        "then_body": _refuse_body,
        "else_body": _refuse_body,
    }
