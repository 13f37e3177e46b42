"""Small files that cost much when they are read as pictures: pixels, tiles, strips, and parts without end.

Each takes the seeded generator and the file that is harmed elsewhere, of which it needs nothing.
"""

import io
import struct
import zipfile
import zlib
from random import Random

from PIL import Image

SIDE = 7000
"""Of a picture with not quite as many pixels as are read."""

BITS = struct.pack("<HHH", 8, 8, 8)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """The file content of a picture."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def flat_pixels(random: Random, _good: bytes) -> bytes:
    """Fifty million pixels of one colour, in a few kilobytes."""
    mode, kind, options = random.choice(
        (
            ("RGB", "PNG", {}),
            ("RGBA", "PNG", {}),
            ("I;16", "PNG", {}),
            ("P", "GIF", {}),
            ("RGB", "JPEG", {"progressive": True, "subsampling": 0}),
            ("RGB", "WEBP", {"lossless": True, "method": 0}),
            ("F", "TIFF", {"compression": "tiff_adobe_deflate", "strip_size": 2**28}),
        )
    )
    return saved(Image.new(mode, (SIDE, SIDE - random.randrange(500)), 7), kind, **options)


def large_tile(random: Random, _good: bytes) -> bytes:
    """A TIFF of 64 x 64 pixels in a tile of very many."""
    side = random.choice((4000, 8000, 16_000))
    pixels = zlib.compress(bytes(side * side * 3), 9)
    return tiff(pixels, [(259, 3, 1, 8), (322, 4, 1, side), (323, 4, 1, side), (325, 4, 1, len(pixels))], 324)


def many_strips(random: Random, _good: bytes) -> bytes:
    """A TIFF of 64 x 64 pixels that says it has millions of strips."""
    count = random.choice((500_000, 4_500_000))
    places = struct.pack("<I", 100) * count
    return tiff(places, [(259, 3, 1, 1), (278, 4, 1, 1)], 273, count)


def many_chunks(random: Random, _good: bytes) -> bytes:
    """A PNG with a million and more empty parts before its pixels."""
    good = saved(Image.new("RGB", (64, 64)), "PNG")
    part = struct.pack(">I", 0) + b"tIME" + struct.pack(">I", zlib.crc32(b"tIME"))
    return good[:33] + part * random.choice((300_000, 1_600_000)) + good[33:]


def many_markers(random: Random, _good: bytes) -> bytes:
    """A JPEG with millions of empty parts before its pixels."""
    good = saved(Image.new("RGB", (64, 64)), "JPEG")
    return good[:2] + b"\xff\xef\0\x02" * random.choice((500_000, 5_000_000)) + good[2:]


def zip_with_one(random: Random, good: bytes) -> bytes:
    """A zip with one of the others between pictures."""
    return zipped([good, random.choice((flat_pixels, many_strips, many_chunks))(random, good), good])


def zipped(pictures: list[bytes]) -> bytes:
    """A zip of some pictures."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(pictures):
            archive.writestr(f"{number}.png", content)
    return buffer.getvalue()


def tiff(content: bytes, rows: list[tuple[int, int, int, int]], offsets: int, count: int = 1) -> bytes:
    """A TIFF of 64 x 64 pixels RGB.

    Args:
        content: what comes at the end.
        rows: tag, type, count and value beside those that every one has.
        offsets: the tag that says where ``content`` begins.
        count: how many values that tag has.
    """
    usual = [(256, 4, 1, 64), (257, 4, 1, 64), (262, 3, 1, 2), (277, 3, 1, 3), (284, 3, 1, 1)]
    end = 14 + 12 * (len(usual) + len(rows) + 2)
    table = sorted([*usual, *rows, (258, 3, 3, end), (offsets, 4, count, end + len(BITS))])
    body = b"".join(struct.pack("<HHII", *row) for row in table)
    return b"II*\0" + struct.pack("<IH", 8, len(table)) + body + bytes(4) + BITS + content


BOMBS = (flat_pixels, large_tile, many_strips, many_chunks, many_markers, zip_with_one)
