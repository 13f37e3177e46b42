"""Reader of many pictures out of strangers' files and zips; one bad file does not lose the others."""

import io
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from engine.errors import PictureError
from engine.images.decoding import Charge
from engine.images.picture import MAX_BYTES, Picture, read_picture
from engine.images.untrusted_zip import DAMAGE, count_entries, is_link, is_locked, leads_out, place_of, unpack
from engine.phrase import later

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".heic", ".heif")
ZIP_SUFFIX = ".zip"
MAX_MEMBERS = 500
MAX_UNPACKED = 200 * 2**20
MAX_RATIO = 100
MAX_ZIP_PIXELS = 600_000_000
SMALL = 2**20
"""What unpacks to no more bytes is no bomb, whatever its ratio."""

MAX_NAME = 80
_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_HIDDEN = ("__MACOSX", "Thumbs.db", "desktop.ini")

Read = Callable[[bytes, str, Charge], Picture]
"""What makes a picture of bytes and a name, as ``read_picture`` does."""


@dataclass(frozen=True)
class FileResult:
    """What became of one file.

    Attributes:
        name: shown, never used as a path.
        picture: None where it cannot be read.
        refused: why, in a sentence.
    """

    name: str
    picture: Picture | None = None
    refused: PictureError | None = None


def read_files(files: Iterable[tuple[str, bytes]], read: Read = read_picture) -> Iterator[FileResult]:
    """Read pictures, also those in zips, one after the other.

    Args:
        files: name and bytes of each; only the picture of one member of a zip is in memory at a time.
        read: makes a picture of each; it gives the same one again where it knows the bytes.
    """
    for name, data in files:
        if is_zip(name, data):
            yield from _read_zip(plain_name(name), data, read)
        else:
            yield _read(plain_name(name), data, read, _free)


def is_zip(name: str, data: bytes) -> bool:
    """Whether a file is a zip, by its name or by its first bytes."""
    return name.lower().endswith(ZIP_SUFFIX) or data.startswith(_STARTS)


def plain_name(name: str) -> str:
    r"""The last part of a name, fit to be shown.

    Example:
        >>> plain_name("C:\\photos\\cat.jpg"), plain_name("../../etc/passwd")
        ('cat.jpg', 'passwd')
    """
    return _shown(name.replace("\\", "/").rstrip("/").rpartition("/")[2])


def _shown(text: str) -> str:
    """A text without signs that cannot be seen or that turn the line round, cut to 80 letters."""
    seen = "".join(letter for letter in text if unicodedata.category(letter)[0] != "C").strip()
    return (seen if len(seen) <= MAX_NAME else f"{seen[: MAX_NAME - 12]}…{seen[-11:]}") or "picture"


def _free(_pixels: int) -> None:
    """Lets any number of pixels pass."""


def _read(name: str, data: bytes, read: Read, charge: Charge) -> FileResult:
    try:
        return FileResult(name, read(data, name, charge))
    except PictureError as error:
        return FileResult(name, refused=error)


def _read_zip(name: str, data: bytes, read: Read) -> Iterator[FileResult]:
    """The pictures of a zip; a sentence for all else that is in it, but for what systems hide there."""
    entries = count_entries(data)
    if entries > MAX_MEMBERS:
        text = later(
            "This ZIP has {count} files; at most {limit} are read. Please make several smaller ones."
        )
        yield FileResult(name, refused=PictureError(text, count=entries, limit=MAX_MEMBERS))
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not _is_hidden(member)]
            if not members:
                yield FileResult(name, refused=PictureError("There are no images in this ZIP."))
            yield from _read_members(archive, members, read)
    except DAMAGE:
        yield FileResult(name, refused=PictureError("This ZIP cannot be read. It may be damaged."))


def _is_hidden(member: zipfile.ZipInfo) -> bool:
    parts = place_of(member).parts
    return (
        not parts
        or member.is_dir()
        or any(part in _HIDDEN or (part.startswith(".") and part.strip(".")) for part in parts)
    )


def _read_members(
    archive: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo], read: Read
) -> Iterator[FileResult]:
    left, charge = MAX_UNPACKED, _zip_charge()
    for member in members:
        try:
            _refuse(member)
            data = _unpack(archive, member, left)
        except PictureError as error:
            yield FileResult(_shown(member.filename), refused=error)
            continue
        left -= len(data)
        yield _read(plain_name(member.filename), data, read, charge)


def _zip_charge() -> Charge:
    """Counts the pixels of the pictures of a zip; those that are too many are left out."""
    left = MAX_ZIP_PIXELS

    def charge(pixels: int) -> None:
        nonlocal left
        if pixels > left:
            raise PictureError(
                "The images of a ZIP may have {limit} million pixels in all: this one is skipped. "
                "Please make several smaller ZIP files.",
                limit=MAX_ZIP_PIXELS // 10**6,
            )
        left -= pixels

    return charge


def _refuse(member: zipfile.ZipInfo) -> None:
    """Lets only what may be a picture through.

    Raises:
        PictureError: it is locked, leads elsewhere, or is something else by its name.
    """
    suffix = place_of(member).suffix.lower()
    if leads_out(member):
        raise PictureError("It refers to a place outside the ZIP, and is skipped.")
    if is_link(member):
        raise PictureError("It is a link, and is skipped.")
    if is_locked(member):
        raise PictureError("It is protected by a password, and is skipped. Please pack it without one.")
    if suffix == ZIP_SUFFIX:
        raise PictureError("It is a ZIP inside a ZIP, and is skipped. Please unpack it first.")
    if suffix not in SUFFIXES:
        raise PictureError("Its name is not that of an image: it is skipped.")


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    """The bytes of a member.

    Raises:
        PictureError: they are too many, or damaged.
    """
    most = min(MAX_BYTES, max(MAX_RATIO * member.compress_size, SMALL), left)
    try:
        data = unpack(archive, member, most)
    except DAMAGE as error:
        raise PictureError("It cannot be unpacked. It may be damaged.") from error
    if data is not None:
        return data
    if most == left:
        raise PictureError(
            "The images of a ZIP may unpack to {limit} MB in all: this one is skipped.",
            limit=MAX_UNPACKED >> 20,
        )
    if most == MAX_BYTES:
        raise PictureError(
            "It unpacks to more than {limit} MB, and is skipped. Please save a smaller copy.",
            limit=MAX_BYTES >> 20,
        )
    raise PictureError(
        "It unpacks to more than {ratio} times its size, which no image does: it is skipped.",
        ratio=MAX_RATIO,
    )
