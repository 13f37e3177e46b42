"""A report as one file that can be computed again: pictures, explanations, and all that was asked."""

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from compute.replay.findings import FindingRecord
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.npz import npz_of
from engine.trust.metric import Grade
from engine.visualise.render import png_bytes

FORMAT = 1
MAX_ITEMS, MAX_FINDINGS = 24, 30
MAX_BYTES = 96 * 2**20
"""Of all maps and pictures of a report together, as they are in memory."""
INDEX, PAGE = "bundle.json", "report.html"
ARRAYS, MANIFEST = "arrays.npz", "manifest.json"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time of all members: the same report gives the same bytes."""


@dataclass(frozen=True, eq=False)
class Bundle:
    """What a bundle holds.

    Attributes:
        explanations: in the order of the report.
        pictures: those that are inside, by sha256.
        facts: title, author and so on, ready for JSON; not needed to compute anything.
        grades: of each explanation that was read, by key of the metric.
        findings: tables that can be computed again.
    """

    explanations: tuple[Explanation, ...]
    pictures: Mapping[str, Picture]
    facts: Mapping[str, Any] = field(default_factory=dict)
    grades: tuple[Mapping[str, Grade], ...] = ()
    findings: tuple[FindingRecord, ...] = ()


def write_bundle(bundle: Bundle, page: bytes) -> bytes:
    """The file content of a zip.

    Args:
        bundle: what it holds.
        page: the report as HTML.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, content: bytes) -> None:
            archive.writestr(
                zipfile.ZipInfo(name, EPOCH),
                content,
                zipfile.ZIP_DEFLATED if name.endswith("l") else zipfile.ZIP_STORED,
            )

        add(INDEX, _json(index_of(bundle)))
        add(PAGE, page)
        for sha256, picture in bundle.pictures.items():
            add(picture_name(sha256), png_bytes(picture.pixels))
        for folder, explanation in zip(folders_of(bundle.explanations), bundle.explanations, strict=True):
            add(f"{folder}/{MANIFEST}", _json(explanation.manifest()))
            add(f"{folder}/{ARRAYS}", npz_of(explanation.arrays()))
    return buffer.getvalue()


def index_of(bundle: Bundle) -> dict[str, Any]:
    """What ``bundle.json`` says."""
    items = [_item(*pair) for pair in zip(folders_of(bundle.explanations), bundle.explanations, strict=True)]
    origins = {
        explanation.provenance.picture_sha256: explanation.provenance.picture
        for explanation in bundle.explanations
    }
    pictures = [
        {"sha256": sha256, "name": name, "file": picture_name(sha256) if sha256 in bundle.pictures else None}
        for sha256, name in origins.items()
    ]
    return {
        "format": FORMAT,
        "replay": "python cli.py replay BUNDLE",
        **bundle.facts,
        "items": items,
        "pictures": pictures,
        "findings": [found.facts() for found in bundle.findings],
    }


def _item(folder: str, explanation: Explanation) -> dict[str, Any]:
    """All that is needed to compute one explanation again; its manifest says the same."""
    origin = explanation.provenance
    return {
        "folder": folder,
        "model": origin.model,
        "fingerprint": origin.fingerprint,
        "method": explanation.method,
        "params": dict(explanation.params),
        "target": str(explanation.target.label),
        "picture_sha256": origin.picture_sha256,
    }


def folders_of(explanations: Sequence[Explanation]) -> list[str]:
    """Where each explanation is in the bundle."""
    return [f"explanations/{number:02}-{slug(found.method)}" for number, found in enumerate(explanations, 1)]


def picture_name(sha256: str) -> str:
    """Where a picture is in the bundle."""
    return f"pictures/{sha256[:16]}.png"


def slug(text: str) -> str:
    """A text as part of a file name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "map"


def _json(facts: Mapping[str, Any]) -> bytes:
    return (json.dumps(facts, indent=2) + "\n").encode()
