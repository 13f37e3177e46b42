"""A writer of TFLite, for files that no converter would write: one RELU of an image."""

from dataclasses import dataclass

import flatbuffers


@dataclass
class TfliteFile:
    """A file of one operation.

    Attributes:
        version: of the format.
        code: of the operation.
        custom: its name, where it is none of the format's own.
        opcode: which of the codes it has.
        graphs: how many there are.
        inputs: which arrays it takes.
        buffer: where the content of its arrays is.
        offset: of a content outside of the graph.
        scale, zero_point: how its arrays are quantised.
    """

    version: int = 3
    code: int = 19
    custom: str = ""
    opcode: int = 0
    graphs: int = 1
    inputs: tuple[int, ...] = (0,)
    buffer: int = 0
    offset: int = 0
    scale: float = 1.0
    zero_point: int = 0

    def bytes(self) -> bytes:
        """The file."""
        builder = flatbuffers.Builder(512)
        name = builder.CreateString("toy")
        custom = builder.CreateString(self.custom) if self.custom else 0
        code = _table(builder, 4, {0: ("Int8", min(self.code, 127)), 1: custom, 3: ("Int32", self.code)})
        graph = self._graph(builder, name)
        content = _table(builder, 3, {1: ("Uint64", self.offset)})
        lists = [
            _vector(builder, [part] * count)
            for part, count in ((code, 1), (graph, self.graphs), (content, 1))
        ]
        fields = {0: ("Uint32", self.version), 1: lists[0], 2: lists[1], 3: name, 4: lists[2]}
        builder.Finish(_table(builder, 8, fields), b"TFL3")
        return bytes(builder.Output())

    def _graph(self, builder: flatbuffers.Builder, name: int) -> int:
        scales = _numbers(builder, "Float32", [self.scale])
        zeros = _numbers(builder, "Int64", [self.zero_point])
        quantised = _table(builder, 7, {2: scales, 3: zeros})
        shape = _numbers(builder, "Int32", [1, 8, 8, 3])
        fields = {0: shape, 1: ("Int8", 9), 2: ("Uint32", self.buffer), 3: name, 4: quantised}
        arrays = [_table(builder, 8, fields) for _ in range(2)]
        taken, given = _numbers(builder, "Int32", list(self.inputs)), _numbers(builder, "Int32", [1])
        step = _table(builder, 5, {0: ("Uint32", self.opcode), 1: taken, 2: given})
        ends = _numbers(builder, "Int32", [0]), _numbers(builder, "Int32", [1])
        lists = _vector(builder, arrays), _vector(builder, [step])
        return _table(builder, 5, {0: lists[0], 1: ends[0], 2: ends[1], 3: lists[1], 4: name})


def _table(builder: flatbuffers.Builder, count: int, fields: dict) -> int:
    """A table; numbers are named with their type, what is pointed to is where it is."""
    builder.StartObject(count)
    for slot, field in fields.items():
        if isinstance(field, tuple):
            getattr(builder, f"Prepend{field[0]}Slot")(slot, field[1], None)
        elif field:
            builder.PrependUOffsetTRelativeSlot(slot, field, 0)
    return builder.EndObject()


def _vector(builder: flatbuffers.Builder, places: list[int]) -> int:
    builder.StartVector(4, len(places), 4)
    for place in reversed(places):
        builder.PrependUOffsetTRelative(place)
    return builder.EndVector()


def _numbers(builder: flatbuffers.Builder, kind: str, values: list) -> int:
    width = {"Int64": 8}.get(kind, 4)
    builder.StartVector(width, len(values), width)
    for value in reversed(values):
        getattr(builder, f"Prepend{kind}")(value)
    return builder.EndVector()
