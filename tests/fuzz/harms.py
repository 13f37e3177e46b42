"""Harms that are done to a file, each drawn from a seeded generator.

The same number harms in the same way.
"""

import io
import struct
import zipfile
from collections.abc import Callable
from random import Random

from tests.fuzz.bombs import BOMBS

Harm = Callable[[Random, bytes], bytes]
HEADERS = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF",
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    b"RIFF\xff\xff\xff\x7fWEBPVP8 ",
    b"II*\x00\x08\x00\x00\x00",
    b"GIF89a\xff\xff\xff\xff",
    b"PK\x03\x04\x14\x00",
    b"\x89HDF\r\n\x1a\n",
    b"<svg xmlns='http://www.w3.org/2000/svg'>",
    b"\x80\x04\x95",
)
SIZES = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFF)
DEEP, DEEP_TEXT = 60_000, 15_000
VALUES = (
    *(b"nan", b"-inf", b"99999999999999999999", b"0x", b"-1", b"true", b"1979-05-27"),
    *(b'""', b"[]", b"{}", b"[[[]]]", b'"<b>x</b>"', b'"../../x"'),
)


def flip_bits(random: Random, data: bytes) -> bytes:
    """Some bits, anywhere."""
    harmed = bytearray(data)
    for _ in range(random.choice((1, 3, 10, 60))):
        harmed[random.randrange(len(harmed))] ^= 1 << random.randrange(8)
    return bytes(harmed)


def flip_the_beginning(random: Random, data: bytes) -> bytes:
    """Some bytes of the first 64, where formats keep what they are."""
    harmed = bytearray(data)
    for _ in range(random.choice((1, 2, 4))):
        harmed[random.randrange(min(64, len(harmed)))] = random.randrange(256)
    return bytes(harmed)


def truncate(random: Random, data: bytes) -> bytes:
    """A download that was cut."""
    return data[: random.randrange(len(data))]


def swap_header(random: Random, data: bytes) -> bytes:
    """The beginning of another kind of file."""
    header = random.choice(HEADERS)
    return header + data[len(header) :]


def lie_about_sizes(random: Random, data: bytes) -> bytes:
    """Four bytes somewhere become a huge or an impossible number."""
    harmed = bytearray(data)
    for _ in range(random.choice((1, 2, 5))):
        place = (
            random.randrange(max(len(harmed) - 4, 1))
            if random.random() < 0.5
            else random.randrange(min(128, len(harmed)))
        )
        struct.pack_into(
            random.choice("<>") + "I", harmed := harmed.ljust(place + 4, b"\0"), place, random.choice(SIZES)
        )
    return bytes(harmed)


def repeat_a_chunk(random: Random, data: bytes) -> bytes:
    """A part stands there again and again."""
    start = random.randrange(len(data))
    part = data[start : start + random.choice((1, 8, 100, 1000))]
    return data[:start] + part * random.choice((2, 50, 2000)) + data[start:]


def append_junk(random: Random, data: bytes) -> bytes:
    """More than belongs there, sometimes another header."""
    return data + random.choice((b"", *HEADERS)) + random.randbytes(random.choice((1, 300, 100_000)))


def cut_out(random: Random, data: bytes) -> bytes:
    """A part is missing, or is zeros."""
    start = random.randrange(len(data))
    length = random.randrange(1, max(len(data) // 4, 2))
    return data[:start] + (bytes(length) if random.random() < 0.5 else b"") + data[start + length :]


def inside(random: Random, data: bytes) -> bytes:
    """One member of a zip is harmed, and the zip is in order."""
    members = _members(data)
    name = random.choice(sorted(members))
    members[name] = random.choice(ANYWHERE)(random, members[name] or b"\0")
    return _zipped(members)


def deep_inside(random: Random, data: bytes) -> bytes:
    """A JSON in a zip goes down and down, or is of another kind than it should be."""
    members = _members(data)
    name = random.choice([name for name in sorted(members) if name.endswith(".json")] or sorted(members))
    opening = random.choice((b"[", b'{"config":', b'{"a":['))
    other = (
        b"null",
        b"[]",
        b'"text"',
        b"1e999",
        b"{}",
        b'{"config": null}',
        members[name][:-1] + b', "x": 1}',
    )
    members[name] = random.choice((opening * DEEP, *other))
    return _zipped(members)


def bad_names(random: Random, data: bytes) -> bytes:
    """Members of a zip that want to go elsewhere, are there twice, or have no sensible name."""
    members = _members(data)
    names = (
        "../../etc/passwd",
        "/etc/passwd",
        "..\\..\\x.png",
        "C:\\x.png",
        ".",
        "a" * 5000,
        "<script>.png",
        "x\x00.png",
        "folder/",
    )
    return _zipped({**members, random.choice(names): random.choice(list(members.values()))})


def as_if_packed(data: bytes, method: int) -> bytes:
    """The same zip, whose headers say that its members are packed in another way."""
    harmed = bytearray(data)
    for start, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = harmed.find(start)
        while 0 <= place < len(harmed) - 46:
            struct.pack_into("<H", harmed, place + offset, method)
            place = harmed.find(start, place + 1)
    return bytes(harmed)


def packed_otherwise(random: Random, data: bytes) -> bytes:
    """A zip that says bzip2 or LZMA, or a way that nobody knows."""
    return as_if_packed(data, random.choice((12, 14, 77)))


def deep_text(random: Random, data: bytes) -> bytes:
    """A TOML that goes down and down."""
    opening = random.choice((b"[", b"{a=", b"[["))
    deep = (
        b"a = " + opening * DEEP_TEXT,
        data + b"\nb = " + opening * DEEP_TEXT,
        b"a." * DEEP_TEXT + b"a = 1",
        b"[" * 200 + b"a" + b"]" * 200,
    )
    return random.choice(deep)


def other_values(random: Random, data: bytes) -> bytes:
    """A value of a TOML becomes one of another kind."""
    lines = data.split(b"\n")
    place = random.choice([number for number, line in enumerate(lines) if b" = " in line])
    lines[place] = lines[place].partition(b" = ")[0] + b" = " + random.choice(VALUES)
    return b"\n".join(lines)


ANYWHERE: tuple[Harm, ...] = (
    flip_bits,
    flip_the_beginning,
    truncate,
    swap_header,
    lie_about_sizes,
    repeat_a_chunk,
    append_junk,
    cut_out,
)
IN_ZIPS: tuple[Harm, ...] = (inside, inside, inside, deep_inside, bad_names, packed_otherwise)
IN_TEXTS: tuple[Harm, ...] = (deep_text, other_values, other_values)
OF_KIND: dict[str, tuple[Harm, ...]] = {
    "zip": (*ANYWHERE, *IN_ZIPS),
    "keras": (*ANYWHERE, *IN_ZIPS, *IN_ZIPS),
    "ir": (*ANYWHERE, *IN_ZIPS, *IN_ZIPS),
    **dict.fromkeys(("set", "coco", "parquet set"), (*ANYWHERE, *IN_ZIPS, *IN_ZIPS)),
    "bundle": (*ANYWHERE, *IN_ZIPS, *IN_ZIPS),
    "npz": (*ANYWHERE, *IN_ZIPS),
    "maps": (*ANYWHERE, *IN_ZIPS),
    "toml": (*ANYWHERE, *IN_TEXTS, *IN_TEXTS),
    "bomb": BOMBS,
}


def harmed(kind: str, number: int, seed: int, good: bytes) -> tuple[str, bytes]:
    """The harm's name and the file; different from the good one, if it can be."""
    random = Random(f"{seed} {kind} {number}")
    harms = OF_KIND.get(kind, ANYWHERE)
    harm = harms[number % len(harms)]
    return harm.__name__, harm(random, good)


def _members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()
