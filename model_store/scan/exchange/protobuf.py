"""Reader of protobuf's wire format that trusts no length (https://protobuf.dev/programming-guides/encoding).

A table says which fields a message may have. Whatever it does not list is refused: a library might make
something of it that nobody has looked at.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

MOST_FIELDS = 250_000
LONGEST_TEXT = 2**20
ARRAY = "array"
"""Kind of a repeated field of numbers of four or eight bytes, whose bytes are kept as they are."""
_VARINT, _EIGHT, _BYTES, _FOUR, _NEVER = 0, 1, 2, 5, 7
_SIGN, _WRAP = 1 << 63, 1 << 64

Raw = int | memoryview
Message = dict[str, list[Any]]


class DamagedMessage(ValueError):
    """What is no message of the expected kind; the text says why."""


@dataclass(frozen=True)
class WireField:
    """A field of a message.

    Attributes:
        name: its name in the definition of the format.
        kind: a name of ``_KINDS``, ``ARRAY``, or that of a message.
        many: whether it may stand there more than once.
    """

    name: str
    kind: str
    many: bool = False


Messages = Mapping[str, Mapping[int, WireField]]
"""Fields of each message by number."""


def read_message(data: memoryview, name: str, messages: Messages) -> Message:
    """The values of all fields of a message and of those inside it, by name; a missing one has none.

    Args:
        data: the message, which is never copied: ``bytes`` fields are views of it.
        name: of the message.
        messages: what may be in it.

    Raises:
        DamagedMessage: it is cut off, has unknown fields, or too many of them.
    """
    return _Reading(messages).message(data, name)


class _Reading:
    """One reading, with what it may still take."""

    def __init__(self, messages: Messages) -> None:
        self._messages, self._left = messages, MOST_FIELDS

    def message(self, data: memoryview, name: str) -> Message:
        known = self._messages[name]
        found: Message = {field.name: [] for field in known.values()}
        for number, wire, raw in _fields(data):
            self._charge(1)
            if number not in known:
                raise DamagedMessage(f"unknown field {number} of {name}")
            field = known[number]
            if found[field.name] and not field.many:
                raise DamagedMessage(f"{name} has {field.name} twice")
            found[field.name] += self._values(field, wire, raw)
        return found

    def _values(self, field: WireField, wire: int, raw: Raw) -> list[Any]:
        if field.kind in self._messages:
            if isinstance(raw, int) or wire != _BYTES:
                raise DamagedMessage(f"{field.name} is no message")
            return [self.message(raw, field.kind)]
        if field.kind == ARRAY and isinstance(raw, memoryview):
            return [raw]
        wanted, read = _KINDS.get(field.kind, (_NEVER, _same))
        if wire == wanted:
            return [read(raw)]
        if field.many and wanted != _BYTES and wire == _BYTES and isinstance(raw, memoryview):
            values = _packed(raw, wanted, read)
            self._charge(len(values) // 64)
            return values
        raise DamagedMessage(f"{field.name} is of another type")

    def _charge(self, fields: int) -> None:
        self._left -= fields
        if self._left < 0:
            raise DamagedMessage("it has far too many parts")


def _fields(data: memoryview) -> Iterator[tuple[int, int, Raw]]:
    """Number, wire type and content of each field."""
    place, end = 0, len(data)
    while place < end:
        key, place = _varint(data, place)
        number, wire = key >> 3, key & 7
        if not number or wire not in (_VARINT, _EIGHT, _BYTES, _FOUR):
            raise DamagedMessage("it holds something else")
        if wire == _VARINT:
            value, place = _varint(data, place)
            yield number, wire, value
            continue
        length = {_EIGHT: 8, _FOUR: 4}.get(wire, 0)
        if wire == _BYTES:
            length, place = _varint(data, place)
        if length > end - place:
            raise DamagedMessage("it is cut off")
        yield number, wire, data[place : place + length]
        place += length


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    """A number of at most 64 bits, and where the next thing begins."""
    value = 0
    for index, byte in enumerate(data[place : place + 10]):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value % _WRAP, place + index + 1
    raise DamagedMessage("a number does not end")


def _packed(data: memoryview, wire: int, read: Callable[[Any], Any]) -> list[Any]:
    """The values of a repeated field that stand together."""
    if wire == _VARINT:
        values, place = [], 0
        while place < len(data):
            raw, place = _varint(data, place)
            values.append(read(raw))
        return values
    width = {_FOUR: 4, _EIGHT: 8}.get(wire, 0)
    if not width or len(data) % width:
        raise DamagedMessage("a list of numbers is cut off")
    return [read(data[place : place + width]) for place in range(0, len(data), width)]


def _signed(raw: int) -> int:
    return raw - _WRAP if raw >= _SIGN else raw


def _text(raw: memoryview) -> str:
    if len(raw) > LONGEST_TEXT:
        raise DamagedMessage("a text is too long")
    try:
        return bytes(raw).decode("utf-8")
    except UnicodeDecodeError as error:
        raise DamagedMessage("a text is none") from error


def _float(raw: memoryview) -> float:
    return float(struct.unpack("<f", raw)[0])


def _double(raw: memoryview) -> float:
    return float(struct.unpack("<d", raw)[0])


def _same(raw: memoryview) -> memoryview:
    return raw


_KINDS: Mapping[str, tuple[int, Callable[[Any], Any]]] = MappingProxyType(
    {
        "int": (_VARINT, _signed),
        "float": (_FOUR, _float),
        "double": (_EIGHT, _double),
        "text": (_BYTES, _text),
        "bytes": (_BYTES, _same),
    }
)
"""Wire type and reader of each kind of value."""
