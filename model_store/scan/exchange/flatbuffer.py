"""Reader of FlatBuffers that trusts no offset (https://flatbuffers.dev/internals/).

Every table, list and text that is reached is checked to lie in the file. ``extent`` is where the last of them
ends: what is behind it belongs to nothing.
"""

import struct
from dataclasses import dataclass

MOST_STEPS = 2_000_000
_U16, _U32, _I32 = struct.Struct("<H"), struct.Struct("<I"), struct.Struct("<i")


class DamagedBuffer(ValueError):
    """What points out of the file; the text says what."""


class FlatBuffer:
    """A file as a FlatBuffer.

    Args:
        data: all of it.
    """

    def __init__(self, data: memoryview) -> None:
        self.data, self.extent, self._left = data, 8, MOST_STEPS

    def root(self) -> "BufferTable":
        """The table that all others hang on."""
        return self.table_at(self.number(0))

    def table_at(self, place: int) -> "BufferTable":
        """The table at a place."""
        vtable = place - self._number(_I32, place)
        size, inline = self._number(_U16, vtable), self._number(_U16, vtable + 2)
        if size < 4 or size % 2 or inline < 4:
            raise DamagedBuffer("a table has an impossible size")
        self.reach(vtable, size)
        self.reach(place, inline)
        slots = struct.unpack_from(f"<{size // 2 - 2}H", self.data, vtable + 4)
        if any(slot >= inline for slot in slots):
            raise DamagedBuffer("a field lies outside of its table")
        return BufferTable(self, place, inline, slots)

    def number(self, place: int) -> int:
        """A number of four bytes without a sign."""
        return self._number(_U32, place)

    def _number(self, kind: struct.Struct, place: int) -> int:
        self.reach(place, kind.size)
        return int(kind.unpack_from(self.data, place)[0])

    def reach(self, place: int, length: int) -> None:
        """Lets only what lies in the file be read.

        Raises:
            DamagedBuffer: it does not, or far too much was read already.
        """
        self._left -= 1
        if place < 0 or length < 0 or place + length > len(self.data):
            raise DamagedBuffer("something points out of the file")
        if self._left < 0:
            raise DamagedBuffer("it has far too many parts")
        self.extent = max(self.extent, place + length)


@dataclass(frozen=True)
class BufferTable:
    """A table of a FlatBuffer.

    Attributes:
        buffer: that it is in.
        place: where it is.
        inline: how many bytes it has, without what it points to.
        slots: where each of its fields is in it; 0 for one that is left out.
    """

    buffer: FlatBuffer
    place: int
    inline: int
    slots: tuple[int, ...]

    def scalar(self, slot: int, kind: str, default: int = 0) -> int:
        """A number by its letter of ``struct``."""
        place = self._field(slot)
        if place is None:
            return default
        return int(self.buffer._number(struct.Struct(f"<{kind}"), place))

    def table(self, slot: int) -> "BufferTable | None":
        """A table that it points to."""
        place = self._pointed(slot)
        return None if place is None else self.buffer.table_at(place)

    def tables(self, slot: int) -> "list[BufferTable]":
        """A list of tables."""
        start, count = self._list(slot, 4)
        places = [start + 4 * index for index in range(count)]
        return [self.buffer.table_at(place + self.buffer.number(place)) for place in places]

    def numbers(self, slot: int, kind: str) -> tuple[float, ...]:
        """A list of numbers, by their letter of ``struct``."""
        start, count = self._list(slot, struct.calcsize(f"<{kind}"))
        return struct.unpack_from(f"<{count}{kind}", self.buffer.data, start)

    def bytes_of(self, slot: int, width: int = 1) -> memoryview:
        """The bytes of a list, or of a text, whose parts have so many each."""
        start, count = self._list(slot, width)
        return self.buffer.data[start : start + count * width]

    def has(self, slot: int) -> bool:
        """Whether a field is there."""
        return self._field(slot) is not None

    def _field(self, slot: int) -> int | None:
        offset = self.slots[slot] if slot < len(self.slots) else 0
        return self.place + offset if offset else None

    def _pointed(self, slot: int) -> int | None:
        place = self._field(slot)
        return None if place is None else place + self.buffer.number(place)

    def _list(self, slot: int, width: int) -> tuple[int, int]:
        """Where the first part is, and how many there are; a file without such a list has none of them."""
        place = self._pointed(slot)
        if place is None:
            return 0, 0
        count = self.buffer.number(place)
        self.buffer.reach(place + 4, count * width)
        return place + 4, count
