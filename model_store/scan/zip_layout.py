"""Layout of a zip archive: whether each of its bytes belongs to a member or to the table of members."""

import os
import struct
import zipfile
from typing import BinaryIO

LONGEST_EXTRA = 64
"""Bytes that systems write beside a member, such as its times."""
ENTRY, ENDS = 46, (22, 22 + 20 + 56)
"""Bytes of an entry of the table without its texts, and of the end of the archive, which is longer for a
large one (APPNOTE.TXT 6.3.10, 4.3)."""

_HEADER = struct.Struct("<26xHH")
_DESCRIPTORS = (0, 12, 16, 20, 24)
"""Bytes behind a member that was written without knowing its size."""
_UNKNOWN_SIZE, _UTF8 = 0x8, 0x800


def is_tight(archive: zipfile.ZipFile, file: BinaryIO) -> bool:
    """Whether members begin at the first byte, follow each other, and are followed by their table and the
    end.

    Args:
        archive: opened from the file.
        file: the same; where it is read next changes.

    Raises:
        zipfile.BadZipFile: a member has no header.
    """
    members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    if archive.comment or any(member.comment for member in members):
        return False
    starts = [*(member.header_offset for member in members), archive.start_dir]
    ends = [_end(file, member) for member in members]
    gaps = [start - end for start, end in zip(starts, (0, *ends), strict=True)]
    spare = [(0,), *(_DESCRIPTORS if member.flag_bits & _UNKNOWN_SIZE else (0,) for member in members)]
    if any(gap not in known for gap, known in zip(gaps, spare, strict=True)):
        return False
    table = sum(ENTRY + len(_name(member)) + _extra(len(member.extra)) for member in members)
    return file.seek(0, os.SEEK_END) - archive.start_dir - table in ENDS


def _end(file: BinaryIO, member: zipfile.ZipInfo) -> int:
    """Where a member ends."""
    file.seek(member.header_offset)
    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        raise zipfile.BadZipFile("a member has no header")
    name, extra = _HEADER.unpack(header)
    return member.header_offset + _HEADER.size + name + _extra(extra) + member.compress_size


def _extra(length: int) -> int:
    """The length of what stands beside a member; more than that belongs to nothing."""
    return min(length, LONGEST_EXTRA)


def _name(member: zipfile.ZipInfo) -> bytes:
    return member.orig_filename.encode("utf-8" if member.flag_bits & _UTF8 else "cp437")
