"""Safe reading of zips that strangers give; nothing is unpacked to disk."""

import lzma
import mmap
import re
import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from tokenize import TokenError

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    TokenError,
    MemoryError,
    OverflowError,
)
"""What Python raises for a damaged zip, and numpy for a damaged array in one (TokenError). RuntimeError: ways
of packing or locking that Python does not know. MemoryError, OverflowError: numbers that no file has."""

_ENTRY = re.compile(rb"PK\x01\x02")
_LOCKED = 0x1


def count_entries(source: bytes | mmap.mmap | Path) -> int:
    """How many members a zip says that it has: to be asked before it is opened, which makes an object for
    each.

    Raises:
        ValueError, OSError: the file is empty or cannot be read.
    """
    if not isinstance(source, Path):
        return sum(1 for _ in _ENTRY.finditer(source))
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        return sum(1 for _ in _ENTRY.finditer(view))


def place_of(member: zipfile.ZipInfo) -> PurePosixPath:
    """Where a member says it is; some systems write folders their own way."""
    return PurePosixPath(member.filename.replace("\\", "/"))


def leads_out(member: zipfile.ZipInfo) -> bool:
    """Whether a member names no place, or one outside of the zip."""
    place = place_of(member)
    return not place.parts or place.is_absolute() or ".." in place.parts or place.parts[0][1:2] == ":"


def is_link(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a symbolic link."""
    return stat.S_ISLNK(member.external_attr >> 16)


def is_locked(member: zipfile.ZipInfo) -> bool:
    """Whether a member needs a password."""
    return bool(member.flag_bits & _LOCKED)


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo | str, most: int) -> bytes | None:
    """The bytes of a member, or None if there are more than so many; what its header says of their number is
    not trusted.

    Raises:
        KeyError: there is no such member.
        DAMAGE: one of these, where it cannot be unpacked.
    """
    with archive.open(member) as file:
        content = file.read(most + 1)
    return content if len(content) <= most else None
