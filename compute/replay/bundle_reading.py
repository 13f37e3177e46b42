"""Bundles that may come from anybody: read in memory, within limits, without pickle; none is unpacked."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from compute.replay.bundle import ARRAYS, FORMAT, INDEX, MANIFEST, Bundle
from engine.errors import PictureError, StoreError
from engine.explanation import DAMAGE, Explanation
from engine.images.picture import Picture, read_picture
from engine.images.untrusted_zip import count_entries, leads_out, unpack
from engine.npz import read_npz
from engine.phrase import later

MAX_BYTES = 300 * 2**20
MAX_MEMBERS = 500
MAX_MEMBER = 32 * 2**20
MAX_ARRAYS = 128 * 2**20
"""Of one explanation."""

_FOLDER = re.compile(r"explanations/[a-z0-9-]{1,80}")
_PICTURE = re.compile(r"pictures/[0-9a-f]{16}\.png")
_BROKEN = (*DAMAGE, MemoryError)


def read_bundle(path: Path) -> Bundle:
    """What a bundle holds.

    Raises:
        StoreError: it is not there, damaged, too large, names places outside of itself, or is of another
            version.
    """
    data = _bytes_of(path)
    if count_entries(data) > MAX_MEMBERS:
        raise StoreError(
            "The bundle {path} has more than {limit} files, which no report has.",
            path=path,
            limit=MAX_MEMBERS,
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            reader = _Reader(path, archive)
            reader.refuse_names()
            return reader.bundle()
    except DAMAGE as error:
        raise StoreError(
            "{path} is no bundle, or it is cut off. Please fetch it again.", path=path
        ) from error


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise StoreError("The bundle {path} is larger than {limit} MB.", path=path, limit=MAX_BYTES >> 20)
        return path.read_bytes()
    except OSError as error:
        raise StoreError(
            "The bundle {path} cannot be read: {reason}.", path=path, reason=error.strerror
        ) from error


class _Reader:
    """Reads the members of an open bundle."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path = path
        self._archive = archive

    def refuse_names(self) -> None:
        """Lets only a bundle pass whose names stay inside of it.

        Raises:
            StoreError: one leads elsewhere.
        """
        if any(leads_out(member) for member in self._archive.infolist()):
            raise StoreError(
                "The bundle {path} names a place outside of itself, and is not read.", path=self._path
            )

    def bundle(self) -> Bundle:
        """The whole bundle."""
        index = self._index()
        explanations = tuple(self._explanation(item["folder"]) for item in index["items"])
        known = [(entry["sha256"], entry["name"], entry["file"]) for entry in index["pictures"]]
        pictures = {
            sha256: self._picture(sha256, name, file) for sha256, name, file in known if file is not None
        }
        return Bundle(
            explanations, pictures, {name: index[name] for name in ("title", "author") if name in index}
        )

    def _index(self) -> dict[str, Any]:
        try:
            index = json.loads(self._content(INDEX))
            found = index["format"]
            if found == FORMAT:
                _refuse_index(index)
        except _BROKEN as error:
            raise self._damaged(INDEX) from error
        if found != FORMAT:
            text = later("The bundle {path} is of version {found!r}; this Vitrine reads version {wanted}.")
            raise StoreError(text, path=self._path, found=str(found)[:20], wanted=FORMAT)
        return dict(index)

    def _explanation(self, folder: str) -> Explanation:
        try:
            manifest = json.loads(self._content(f"{folder}/{MANIFEST}"))
            return _checked(
                Explanation.of(manifest, read_npz(self._content(f"{folder}/{ARRAYS}"), MAX_ARRAYS))
            )
        except _BROKEN as error:
            raise self._damaged(folder) from error

    def _picture(self, sha256: str, name: str, file: str) -> Picture:
        try:
            picture = read_picture(self._content(file), name)
        except (*_BROKEN, PictureError) as error:
            raise self._damaged(file) from error
        if picture.sha256 != sha256:
            text = later(
                "The picture {file} in the bundle is not the one that was explained. Please fetch "
                "the bundle again."
            )
            raise StoreError(text, file=file)
        return picture

    def _content(self, name: str) -> bytes:
        """The bytes of a member."""
        content = unpack(self._archive, name, MAX_MEMBER)
        if content is None:
            raise StoreError(
                "{name} in the bundle unpacks to more than {limit} MB.", name=name, limit=MAX_MEMBER >> 20
            )
        return content

    def _damaged(self, name: str) -> StoreError:
        return StoreError(
            "{name} in the bundle {path} is missing or damaged. Please fetch the bundle again.",
            name=name,
            path=self._path,
        )


def _refuse_index(index: Any) -> None:
    """Lets only an index pass that says where everything is.

    Raises:
        ValueError: it does not.
    """
    for item in index["items"]:
        if not _FOLDER.fullmatch(item["folder"]):
            raise ValueError("no folder of an explanation")
    for entry in index["pictures"]:
        named = isinstance(entry["sha256"], str) and isinstance(entry["name"], str)
        if not named or not (entry["file"] is None or _PICTURE.fullmatch(entry["file"])):
            raise ValueError("no picture of a bundle")
    if not index["items"]:
        raise ValueError("a bundle without explanations")


def _checked(explanation: Explanation) -> Explanation:
    """Lets only an explanation pass whose words and numbers are of their kinds.

    Raises:
        ValueError: one is not.
    """
    origin, cost = explanation.provenance, explanation.cost
    words = (
        explanation.method,
        explanation.target.label,
        origin.model,
        origin.fingerprint,
        origin.picture,
        origin.picture_sha256,
    )
    mappings = (explanation.params, origin.versions, origin.schedule, explanation.figures)
    numbers = (explanation.score, cost.forwards, cost.backwards, cost.seconds)
    right = all(isinstance(word, str) for word in words) and all(isinstance(each, dict) for each in mappings)
    right = right and all(isinstance(each, str) for each in origin.versions.values())
    if not (right and all(isinstance(number, int | float) for number in numbers)):
        raise ValueError("the manifest is not that of an explanation")
    return explanation
