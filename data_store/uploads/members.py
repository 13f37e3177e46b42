"""Members of a stranger's ZIP that may become files of a data set; nothing is unpacked here."""

import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from data_store.base.listing import MOST_DEPTH
from data_store.base.words import SPLITS, shown_word
from data_store.readers.folder import ABOUT
from data_store.readers.manifest import ROWS
from data_store.readers.masks import IMAGES, MASKS
from data_store.readers.panoptic import FOLDER, PREFIX, SUFFIX
from engine.errors import DataSetError
from engine.images.files import MAX_RATIO, SMALL, SUFFIXES
from engine.images.picture import MAX_BYTES
from engine.images.untrusted_zip import DAMAGE, count_entries, is_link, is_locked, leads_out, place_of
from engine.phrase import later

FILES_OF_AN_IMAGE = 6
"""So many members may stand beside each image: masks, other masks, descriptions; most are left out."""
LARGEST_TEXT = 64 * 2**20 - 1
LONGEST_NAME, LONGEST_PATH = 200, 800
"""Bytes of a name in UTF-8, and of a whole path."""
START = b"PK\x03\x04"
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
_LEFT_OUT = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{name}{n}" for name in ("com", "lpt") for n in "123456789"}
)
_KNOWN_FOLDERS = frozenset({*SPLITS, IMAGES, *MASKS, FOLDER, "leftimg8bit", "gtfine"})
"""Folders that say something: one that holds all others is not taken off."""
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = later("This ZIP cannot be read. It may be damaged.")


@dataclass(frozen=True)
class UploadLimits:
    """What an upload may have.

    Attributes:
        unpacked: bytes of its files together.
        images: number of its images, masks among them.
    """

    unpacked: int
    images: int


@dataclass(frozen=True)
class WantedMembers:
    """What is going to be unpacked.

    Attributes:
        files: member of each path below the folder of the set, with ``/``.
        left_out: number of members that no data set needs.
    """

    files: Mapping[str, zipfile.ZipInfo]
    left_out: int


def check_entries(path: Path, limits: UploadLimits) -> None:
    """Lets only a ZIP pass with as many members as may be, before an object is made for each.

    Raises:
        DataSetError: it is none, or has more.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(START))
        count = count_entries(path) if start == START else 0
    except DAMAGE as error:
        raise DataSetError(_DAMAGED) from error
    if start != START:
        raise DataSetError("This file is not a ZIP, or an empty one. Please pack the folder as a ZIP.")
    most = limits.images * FILES_OF_AN_IMAGE
    if count > most:
        raise DataSetError(
            "This ZIP has {count:,} files; at most {most:,} are read. Please upload a part of it.",
            count=count,
            most=most,
        )


def wanted_members(archive: zipfile.ZipFile, size: int, limits: UploadLimits) -> WantedMembers:
    """The members that a data set is made of; folders, hidden files and other kinds are left out.

    Args:
        archive: opened.
        size: of its file, in bytes.
        limits: of the upload.

    Raises:
        DataSetError: a member leads elsewhere, is a link, locked, twice there or a bomb, or they are too many
            or too large; or there is no image.
    """
    members = [member for member in archive.infolist() if not _is_hidden(member)]
    for member in members:
        _refuse_place(member)
    if sum(member.compress_size for member in archive.infolist()) > size:
        raise DataSetError("The files in this ZIP overlap: it is a bomb, or damaged. It is not unpacked.")
    files = [member for member in members if not member.is_dir()]
    named = _named(member for member in files if _may_be_wanted(member))
    kept = {path: member for path, member in named.items() if _is_wanted(path)}
    _refuse_collisions(kept)
    for path, member in kept.items():
        _refuse_content(path, member)
    _refuse_none(kept, files)
    _refuse_amount(kept, limits)
    return WantedMembers(kept, len(files) - len(kept))


def _is_hidden(member: zipfile.ZipInfo) -> bool:
    parts = place_of(member).parts
    return any((part.startswith(".") and part.strip(".")) or part.lower() in _LEFT_OUT for part in parts)


def _refuse_place(member: zipfile.ZipInfo) -> None:
    """Refuses what would be written elsewhere, is no file, or cannot be called so everywhere."""
    name, place = shown_word(member.filename), place_of(member)
    if leads_out(member) or ":" in member.filename:
        raise DataSetError("{name!r} in this ZIP leads out of it. It is not unpacked.", name=name)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if is_link(member) or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise DataSetError("{name!r} in this ZIP is a link. Please pack the file itself.", name=name)
    if is_locked(member):
        raise DataSetError("This ZIP is protected by a password. Please pack it without one.")
    if any(map(_is_unfit, place.parts)) or len(str(place).encode("utf-8", "replace")) > LONGEST_PATH:
        raise DataSetError("{name!r} in this ZIP is no name for a file. Please rename it.", name=name)
    if len(place.parts) > MOST_DEPTH:
        raise DataSetError(
            "{name!r} in this ZIP lies in more than {most} folders.", name=name, most=MOST_DEPTH
        )


def _is_unfit(part: str) -> bool:
    """Whether a part of a path is reserved, too long, or has signs that cannot be seen."""
    hidden = any(unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn") for letter in part)
    reserved = part.partition(".")[0].rstrip().lower() in _RESERVED or part != part.rstrip(". ")
    return hidden or reserved or len(part.encode("utf-8", "replace")) > LONGEST_NAME


def _named(members: Iterable[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Members by their paths, without a folder that holds all of them and says nothing.

    Raises:
        DataSetError: a path is there twice.
    """
    pairs = [(place_of(member), member) for member in members]
    while (first := _common([place for place, _ in pairs])) and first.lower() not in _KNOWN_FOLDERS:
        pairs = [(PurePosixPath(*place.parts[1:]), member) for place, member in pairs]
    found: dict[str, zipfile.ZipInfo] = {}
    for place, member in pairs:
        if str(place) in found:
            raise DataSetError(
                "{name!r} is in this ZIP twice. It is not unpacked.", name=shown_word(str(place))
            )
        found[str(place)] = member
    return found


def _common(places: Sequence[PurePosixPath]) -> str:
    """The folder that all of some paths lie in; "" where there is none."""
    firsts = {place.parts[0] for place in places if len(place.parts) > 1}
    return firsts.pop() if len(firsts) == 1 and all(len(place.parts) > 1 for place in places) else ""


def _may_be_wanted(member: zipfile.ZipInfo) -> bool:
    name = place_of(member).name
    return name in (ABOUT, *ROWS) or name.endswith(SUFFIX) or name.lower().endswith(SUFFIXES)


def _is_wanted(path: str) -> bool:
    described = path in (ABOUT, *ROWS) or (path.startswith(f"{FOLDER}/{PREFIX}") and path.endswith(SUFFIX))
    return described or path.lower().endswith(SUFFIXES)


def _refuse_collisions(paths: Iterable[str]) -> None:
    """Refuses paths that are one to systems which do not tell upper and lower case apart, and files in the
    place of folders.
    """
    folders: dict[str, str] = {}
    files: dict[str, str] = {}
    for path in paths:
        _refuse_other(files, path)
        for folder in _folders(path):
            _refuse_other(folders, folder)
    both = sorted(files.keys() & folders.keys())
    if both:
        raise DataSetError("{name!r} in this ZIP is a file and a folder.", name=shown_word(files[both[0]]))


def _refuse_other(known: dict[str, str], path: str) -> None:
    plain = unicodedata.normalize("NFC", path).casefold()
    other = known.setdefault(plain, path)
    if other != path:
        raise DataSetError(
            "{first!r} and {second!r} in this ZIP differ only in upper and lower case. Please rename one.",
            first=shown_word(other),
            second=shown_word(path),
        )


def _folders(path: str) -> Iterator[str]:
    return (str(parent) for parent in list(PurePosixPath(path).parents)[:-1])


def _refuse_content(path: str, member: zipfile.ZipInfo) -> None:
    """Refuses what is packed in a strange way, too large for its kind, or would become far larger."""
    name = shown_word(path)
    if member.compress_type not in _PACKED:
        raise DataSetError(
            "{name!r} is packed in a way that is not read. Please use an ordinary ZIP.", name=name
        )
    most = MAX_BYTES if path.lower().endswith(SUFFIXES) else LARGEST_TEXT
    if member.file_size > most:
        raise DataSetError("{name} is larger than the limit of {most:,} bytes.", name=name, most=most)
    if member.file_size > max(SMALL, MAX_RATIO * member.compress_size):
        raise DataSetError(
            "{name!r} unpacks to more than {ratio} times its size, which no image does. It is not unpacked.",
            name=name,
            ratio=MAX_RATIO,
        )


def _refuse_none(kept: Iterable[str], files: Iterable[zipfile.ZipInfo]) -> None:
    """Refuses a ZIP without images."""
    if any(path.lower().endswith(SUFFIXES) for path in kept):
        return
    if any(member.filename.lower().endswith(ARCHIVES) for member in files):
        raise DataSetError(
            "This ZIP holds another archive, which is not opened. Please pack its images instead."
        )
    raise DataSetError("There are no images in this ZIP.")


def _refuse_amount(kept: Mapping[str, zipfile.ZipInfo], limits: UploadLimits) -> None:
    """Refuses too many images, or too many bytes."""
    images = sum(path.lower().endswith(SUFFIXES) for path in kept)
    if images > limits.images:
        raise DataSetError(
            "This ZIP has {count:,} images; an uploaded data set has at most {most:,}.",
            count=images,
            most=limits.images,
        )
    size = sum(member.file_size for member in kept.values())
    if size > limits.unpacked:
        raise DataSetError(
            "This ZIP unpacks to {size:,} MB; there is room for {most:,} MB now.",
            size=-(-size // 2**20),
            most=limits.unpacked >> 20,
        )
