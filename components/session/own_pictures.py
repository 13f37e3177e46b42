"""Tray of a person's own pictures, in the memory of the session, bounded in number and in bytes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from PIL import Image

from components.session.keys import TRAY, once
from components.session.media import thumbnail
from compute.base.logs import redact_names
from engine.errors import PictureError
from engine.images.files import FileResult
from engine.images.picture import Picture
from engine.phrase import later

MAX_PICTURES = 50
MAX_MEGABYTES = 100
"""Of all pixels together: they stay in the server's memory as long as the session."""


@dataclass
class Tray:
    """What one session holds.

    Attributes:
        pictures: by their sha256, in the order in which they came; no two have the same name.
        small: a small copy of each as a data address.
        chosen: sha256 of the one that is looked at.
        refused: files of the last load that are not on the tray, and why.
        parts: sha256 of what models have seen of them, where that was not all.
    """

    pictures: dict[str, Picture] = field(default_factory=dict)
    small: dict[str, str] = field(default_factory=dict)
    chosen: str = ""
    refused: list[FileResult] = field(default_factory=list)
    parts: set[str] = field(default_factory=set)

    @property
    def current(self) -> Picture | None:
        """The one that is looked at."""
        return self.pictures.get(self.chosen) or next(iter(self.pictures.values()), None)

    def add(self, files: Iterable[FileResult]) -> None:
        """Put pictures on the tray, and look at the first; once it is full, nothing more is read."""
        self.refused, first = [], None
        for found in files:
            redact_names(found.name)
            if found.picture is None:
                self.refused.append(found)
            elif found.picture.sha256 not in self.pictures and self._is_full(found.picture):
                self.refused.append(FileResult(found.name, refused=_full()))
                break
            else:
                self._put(found.picture)
                first = first or found.picture.sha256
        self.chosen = first or self.chosen

    def remove(self, sha256: str) -> None:
        """Take one off, and look at the next."""
        keys = list(self.pictures)
        if sha256 in self.pictures:
            place = keys.index(sha256)
            keys.remove(sha256)
            del self.pictures[sha256], self.small[sha256]
            self.chosen = keys[min(place, len(keys) - 1)] if keys else ""

    def _is_full(self, picture: Picture) -> bool:
        taken = sum(known.pixels.nbytes for known in self.pictures.values())
        return len(self.pictures) >= MAX_PICTURES or taken + picture.pixels.nbytes > MAX_MEGABYTES * 2**20

    def _put(self, picture: Picture) -> None:
        if picture.sha256 in self.pictures:
            return
        name = _told_apart(picture.name, {known.name for known in self.pictures.values()})
        redact_names(name)
        self.pictures[picture.sha256] = picture if name == picture.name else replace(picture, name=name)
        self.small[picture.sha256] = thumbnail(Image.fromarray(picture.pixels))


def tray() -> Tray:
    """The one of this session."""
    found: Tray = once(TRAY, Tray)
    return found


def is_own(picture: Picture) -> bool:
    """Whether the person has brought it, or it is what a model sees of such an image."""
    return picture.sha256 in tray().pictures or picture.sha256 in tray().parts


def _full() -> PictureError:
    text = later(
        "Your image list is full: it holds {count} images, {limit} MB of pixels. This one and the "
        "following ones are skipped."
    )
    return PictureError(text, count=MAX_PICTURES, limit=MAX_MEGABYTES)


def _told_apart(name: str, taken: Collection[str]) -> str:
    """The name; the second of a name gets a number."""
    stem, dot, ending = name.rpartition(".")
    told, number = name, 2
    while told in taken:
        told, number = f"{stem} ({number}){dot}{ending}", number + 1
    return told
