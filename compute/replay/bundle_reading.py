"""Bundles that may come from anybody: read within limits, without pickle; none is unpacked to disk.

The limits are those of a report: what no report can hold is not read, whatever the bundle says of itself.
"""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

from compute.replay.bundle import (
    ARRAYS,
    FORMAT,
    INDEX,
    MANIFEST,
    MAX_BYTES,
    MAX_FINDINGS,
    MAX_ITEMS,
    Bundle,
)
from compute.replay.findings import FindingRecord
from compute.replay.regraded import recorded_grades
from engine.errors import PictureError, StoreError
from engine.explanation import DAMAGE, Explanation
from engine.images.picture import Picture, read_picture
from engine.images.untrusted_zip import count_entries, leads_out, unpack
from engine.npz import ArraysTooLargeError, read_npz
from engine.phrase import later
from engine.trust.metric import Grade

MAX_FILE = 300 * 2**20
MAX_MEMBERS = 500
MAX_MEMBER = 32 * 2**20
MAX_WORDS = 8 * 2**20
"""Of all JSON together: in memory it is many times as large."""
HEADERS = 2**20
"""Bytes that arrays take in a file besides their values."""

_FOLDER = re.compile(r"explanations/[a-z0-9-]{1,80}")
_PICTURE = re.compile(r"pictures/[0-9a-f]{16}\.png")


def read_bundle(path: Path) -> Bundle:
    """What a bundle holds.

    Raises:
        StoreError: it is not there, damaged, too large, names places outside of itself, or is of another
            version.
    """
    _refuse_size(path)
    try:
        if count_entries(path) > MAX_MEMBERS:
            raise StoreError(
                "The bundle {path} has more than {limit} files; no report has that many.",
                path=path,
                limit=MAX_MEMBERS,
            )
        with zipfile.ZipFile(path) as archive:
            reader = _Reader(path, archive)
            reader.refuse_names()
            return reader.bundle()
    except DAMAGE as error:
        raise StoreError(
            "{path} is not a bundle, or is incomplete. Please download it again.", path=path
        ) from error


def _refuse_size(path: Path) -> None:
    """Lets only a file pass that is there and not too large.

    Raises:
        StoreError: it is not.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
    except OSError as error:
        raise StoreError(
            "The bundle {path} cannot be read: {reason}.", path=path, reason=error.strerror or error
        ) from error
    if size > MAX_FILE:
        raise StoreError("The bundle {path} is larger than {limit} MB.", path=path, limit=MAX_FILE >> 20)


class _Reader:
    """Reads the members of an open bundle, all of them together within the limits."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path = path
        self._archive = archive
        self._words_left, self._bytes_left = MAX_WORDS, MAX_BYTES + HEADERS

    def refuse_names(self) -> None:
        """Lets only a bundle pass whose names stay inside of it.

        Raises:
            StoreError: one leads elsewhere.
        """
        if any(leads_out(member) for member in self._archive.infolist()):
            raise StoreError(
                "The bundle {path} refers to a place outside itself and is not read.", path=self._path
            )

    def bundle(self) -> Bundle:
        """The whole bundle."""
        index = self._index()
        explanations = tuple(self._explanation(item["folder"]) for item in index["items"])
        known = [(entry["sha256"], entry["name"], entry["file"]) for entry in index["pictures"]]
        pictures = {
            sha256: self._picture(sha256, name, file) for sha256, name, file in known if file is not None
        }
        facts: dict[str, Any] = {name: index[name] for name in ("title", "author") if name in index}
        grades = self._grades(index, len(explanations))
        return Bundle(explanations, pictures, facts, grades, self._findings(index))

    def _index(self) -> dict[str, Any]:
        try:
            index = self._words(INDEX)
            found = index["format"]
            if found == FORMAT:
                _refuse_index(index)
        except DAMAGE as error:
            raise self._damaged(INDEX) from error
        if found != FORMAT:
            text = later("The bundle {path} is of version {found!r}; this Vitrine reads version {wanted}.")
            raise StoreError(text, path=self._path, found=str(found)[:20], wanted=FORMAT)
        if max(len(index["items"]), len(index["pictures"])) > MAX_ITEMS:
            text = later("The bundle {path} has more than {limit} maps or images; no report has that many.")
            raise StoreError(text, path=self._path, limit=MAX_ITEMS)
        return dict(index)

    def _grades(self, index: dict[str, Any], count: int) -> tuple[dict[str, Grade], ...]:
        """What is on record of each map; nothing in bundles from before there were grades."""
        try:
            told = [recorded_grades(one.get("grades", {})) for one in index.get("maps", ())]
        except DAMAGE as error:
            raise self._damaged(INDEX) from error
        return tuple(told) if len(told) == count else ({},) * count

    def _findings(self, index: dict[str, Any]) -> tuple[FindingRecord, ...]:
        """Tables that can be computed again; none in bundles from before there were such."""
        try:
            found = tuple(map(FindingRecord.of, index.get("findings", ())))
        except DAMAGE as error:
            raise self._damaged(INDEX) from error
        if len(found) > MAX_FINDINGS:
            text = later("The bundle {path} has more than {limit} tables; no report has that many.")
            raise StoreError(text, path=self._path, limit=MAX_FINDINGS)
        return found

    def _explanation(self, folder: str) -> Explanation:
        try:
            manifest = self._words(f"{folder}/{MANIFEST}")
            arrays = read_npz(self._content(f"{folder}/{ARRAYS}"), self._bytes_left)
            self._take(sum(array.nbytes for array in arrays.values()))
            return _checked(Explanation.of(manifest, arrays))
        except ArraysTooLargeError as error:
            raise self._too_large() from error
        except DAMAGE as error:
            raise self._damaged(folder) from error

    def _picture(self, sha256: str, name: str, file: str) -> Picture:
        try:
            picture = read_picture(self._content(file), name)
        except (*DAMAGE, PictureError) as error:
            raise self._damaged(file) from error
        self._take(picture.pixels.nbytes)
        if picture.sha256 != sha256:
            text = later(
                "The image {file} in the bundle is not the one that was explained. Please download "
                "the bundle again."
            )
            raise StoreError(text, file=file)
        return picture

    def _words(self, name: str) -> Any:
        """What a member says in JSON."""
        content = unpack(self._archive, name, self._words_left)
        if content is None:
            text = later(
                "The texts of the bundle {path} take more than {limit} MB; no report needs that much."
            )
            raise StoreError(text, path=self._path, limit=MAX_WORDS >> 20)
        self._words_left -= len(content)
        return json.loads(content)

    def _content(self, name: str) -> bytes:
        """The bytes of a member."""
        content = unpack(self._archive, name, MAX_MEMBER)
        if content is None:
            raise StoreError(
                "{name} in the bundle unpacks to more than {limit} MB.", name=name, limit=MAX_MEMBER >> 20
            )
        return content

    def _take(self, nbytes: int) -> None:
        """Count what is in memory now."""
        self._bytes_left -= nbytes
        if self._bytes_left < 0:
            raise self._too_large()

    def _too_large(self) -> StoreError:
        text = later(
            "The maps and images of the bundle {path} take more than {limit} MB; no report needs that much."
        )
        return StoreError(text, path=self._path, limit=MAX_BYTES >> 20)

    def _damaged(self, name: str) -> StoreError:
        return StoreError(
            "{name} in the bundle {path} is missing or damaged. Please download the bundle again.",
            name=name,
            path=self._path,
        )


def _refuse_index(index: Any) -> None:
    """Lets only an index pass that says where everything is, each once.

    Raises:
        ValueError: it does not.
    """
    folders = [item["folder"] for item in index["items"]]
    files = [entry["file"] for entry in index["pictures"] if entry["file"] is not None]
    for name, places in ((_FOLDER, folders), (_PICTURE, files)):
        if not all(map(name.fullmatch, places)) or len(set(places)) < len(places):
            raise ValueError("no place in a bundle, or one twice")
    for entry in index["pictures"]:
        if not (isinstance(entry["sha256"], str) and isinstance(entry["name"], str)):
            raise ValueError("no picture of a bundle")
    if not (folders or index.get("findings")):
        raise ValueError("a bundle of nothing")


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
