"""Files that are of two kinds at once: a kind that is scanned, and another that might be loaded.

Each pair of kinds is glued in each way that its first kind allows; "keras+h5" begins as a zip and hides HDF5.
"""

import io
import struct
import zipfile
from collections.abc import Callable
from random import Random

Glue = Callable[[bytes, bytes], bytes]

GRAPH = "pb"
"""``saved_model.pb``, which is looked for in a folder."""
KINDS = (
    *("jpeg", "png", "webp", "tiff", "gif", "bmp", "zip", "bundle", "toml"),
    *("keras", "h5", "safetensors", GRAPH),
    *("onnx", "tflite", "ir"),
)
PAIRS = tuple(f"{first}+{second}" for first in KINDS for second in KINDS if first != second)
"""Every ordered pair."""
WITH_GRAPH = tuple(pair for pair in PAIRS if GRAPH in pair.split("+"))
FILES = tuple(pair for pair in PAIRS if pair not in WITH_GRAPH)
ZIPS = ("zip", "keras", "bundle", "ir")
SMALLEST_BLOCK = 512
"""HDF5 is looked for at the beginning, and at this many bytes times 1, 2, 4 and so on."""
LONGEST_TEXT = 0xFFFF


def behind(first: bytes, second: bytes) -> bytes:
    """One after the other: a zip is found from its end."""
    return first + second


def behind_a_block(first: bytes, second: bytes) -> bytes:
    """The first is the user block of the second, where HDF5 looks for itself."""
    return first.ljust(_block(len(first)), b"\0") + second


def between(first: bytes, second: bytes) -> bytes:
    """In a zip between the last member and the table, at a place where HDF5 looks for itself."""
    start, end = _table(first)
    place = _block(start)
    harmed = first[:start].ljust(place, b"\0") + second + first[start:]
    return _moved(harmed, end - start + place + len(second), place + len(second))


def as_a_comment(first: bytes, second: bytes) -> bytes:
    """In a zip as the comment of the archive, cut where it does not fit."""
    text = second[:LONGEST_TEXT]
    return first[:-2] + struct.pack("<H", len(text)) + text


def beside_a_member(first: bytes, second: bytes) -> bytes:
    """In a zip in the extra field of a member, cut where it does not fit."""
    text = second[: LONGEST_TEXT - 4]
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(first)) as source, zipfile.ZipFile(buffer, "w") as made:
        for member in source.infolist():
            content = source.read(member)
            member.extra = struct.pack("<HH", 0xCAFE, len(text)) + text
            made.writestr(member, content)
            text = b""
    return buffer.getvalue()


ANY: tuple[Glue, ...] = (behind, behind_a_block)
IN_ZIPS: tuple[Glue, ...] = (*ANY, between, as_a_comment, beside_a_member)


def glued(pair: str, number: int, seed: int, good: dict[str, bytes]) -> tuple[str, bytes]:
    """The way in which two kinds are glued, and the file.

    Args:
        pair: "FIRST+SECOND".
        number: takes the ways in turn, beginning with another one for each pair and seed.
        seed: of the beginning.
        good: a file of each kind.
    """
    first, second = pair.split("+")
    ways = IN_ZIPS if first in ZIPS else ANY
    way = ways[(number + Random(f"{seed} {pair}").randrange(len(ways))) % len(ways)]
    return way.__name__, way(good[first], good[second])


def _block(length: int) -> int:
    """The smallest place after so many bytes where HDF5 looks for itself."""
    place = SMALLEST_BLOCK
    while place < length:
        place *= 2
    return place


def _table(data: bytes) -> tuple[int, int]:
    """Where the table of a zip without a comment begins, and where it ends."""
    (start,) = struct.unpack("<I", data[-6:-2])
    return start, len(data) - 22


def _moved(data: bytes, end: int, start: int) -> bytes:
    """A zip whose end says that the table begins elsewhere."""
    assert data[end : end + 4] == b"PK\x05\x06"
    return data[: end + 16] + struct.pack("<I", start) + data[end + 20 :]
