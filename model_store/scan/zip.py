"""Scanner of ``.keras`` files, zip archives that are never unpacked to disk."""

import io
import mmap
import zipfile
from typing import BinaryIO

from engine.errors import ModelError
from engine.images.untrusted_zip import DAMAGE, count_entries, is_link, is_locked, leads_out
from engine.phrase import later
from model_store.scan.hdf5 import scan_hdf5
from model_store.scan.json import parsed
from model_store.scan.layers import refuse_unknown_layers
from model_store.scan.zip_layout import is_tight

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
LARGEST_JSON = 64 * 2**20
MOST_MEMBERS = 2000
HIGHEST_RATIO = 50
SMALL = 2**20
"""Bytes: up to here any ratio will do."""

_DAMAGED = later("The file is damaged: {reason}. Please save or copy the model again.")


def scan_archive(file: BinaryIO, trusted: bool) -> None:
    """Lets only an archive pass with the three files of a Keras model, whose layers are known.

    Raises:
        ModelError: it is damaged or holds something else.
    """
    try:
        size = refuse_number(file)
        with zipfile.ZipFile(file) as archive:
            refuse_members(archive.infolist(), size)
            _refuse_strange(archive.namelist(), trusted)
            _refuse_other_bytes(archive, file)
            config = parsed(_read(archive, CONFIG), CONFIG)
            if METADATA in archive.namelist():
                parsed(_read(archive, METADATA), METADATA)
            scan_hdf5(io.BytesIO(archive.read(WEIGHTS)), WEIGHTS)
    except DAMAGE as error:
        raise ModelError(_DAMAGED, reason=str(error)[:120] or type(error).__name__) from error
    if not trusted:
        refuse_unknown_layers(config)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > LARGEST_JSON:
        raise ModelError("{name} in the model is larger than 64 MB, which no description is.", name=name)
    return archive.read(name)


def refuse_number(file: BinaryIO) -> int:
    """Lets only an archive pass with few members, before an object is made for each.

    Returns:
        Its size in bytes.

    Raises:
        ModelError: it has far too many.
        DAMAGE: one of these, where it is empty.
    """
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        count, size = count_entries(view), len(view)
    if count > MOST_MEMBERS:
        raise ModelError("The archive holds {count} files: no model is stored in so many.", count=count)
    return size


def refuse_members(members: list[zipfile.ZipInfo], size: int) -> None:
    """Lets only members pass that stay in the archive, once each, and are about as large as they say.

    Args:
        members: of the archive.
        size: of the archive, in bytes.

    Raises:
        ModelError: one leads out of it, is a link or locked, or would become far larger.
    """
    if len({member.filename for member in members}) < len(members):
        raise ModelError(
            "The archive holds {count} files, some of them twice: no model is stored so.", count=len(members)
        )
    for member in members:
        _refuse_place(member)
        _refuse_ratio(member)
    if sum(member.compress_size for member in members) > size:
        raise ModelError("The files in the archive overlap: it is a bomb, or damaged. It is not unpacked.")


def _refuse_strange(names: list[str], trusted: bool) -> None:
    for name in (CONFIG, WEIGHTS):
        if name not in names:
            raise ModelError(
                "The archive lacks {name}: it is not what Keras 3 writes. Please save the model "
                "with model.save(...).",
                name=name,
            )
    strange = sorted(set(names) - {CONFIG, METADATA, WEIGHTS})
    if strange and not trusted:
        raise ModelError(
            "The archive holds {name} besides the model; vocabularies and other files are not "
            "read. Please save the model without them.",
            name=strange[0][:80],
        )


def _refuse_other_bytes(archive: zipfile.ZipFile, file: BinaryIO) -> None:
    if not is_tight(archive, file):
        raise ModelError(
            "The archive holds bytes that belong to none of its files, and could be read as another kind of "
            "file. It is not read. Please save the model again."
        )


def _refuse_place(member: zipfile.ZipInfo) -> None:
    """Refuses what would be written elsewhere, or point there."""
    if leads_out(member) or ":" in member.filename or is_link(member):
        raise ModelError(
            "The archive holds {name!r}, which leads out of it. It is not unpacked.",
            name=member.filename[:80],
        )
    if is_locked(member):
        raise ModelError("The archive is encrypted. Please save the model without a password.")


def _refuse_ratio(member: zipfile.ZipInfo) -> None:
    """Refuses what would take far more memory than it has bytes."""
    if member.file_size > max(SMALL, HIGHEST_RATIO * member.compress_size):
        raise ModelError(
            "{name} in the archive would become {ratio} times as large when it is unpacked: it "
            "is a bomb, or damaged. It is not unpacked.",
            name=member.filename[:80],
            ratio=member.file_size // max(member.compress_size, 1),
        )
