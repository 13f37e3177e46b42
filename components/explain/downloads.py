"""Downloads of a map: picture, raw values, manifest; each is made when it is asked for."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import streamlit as st

from components.maps.figure import Caption, figure_png
from components.pieces.map_view import Look, MapScene
from components.report.button import offer_report
from components.words import numbers
from components.words.i18n import _
from engine.methods import get_method
from engine.npz import npz_of

if TYPE_CHECKING:
    from engine.explanation import Explanation


def offer_downloads(scene: MapScene, look: Look, title: str, suffix: str = "") -> None:
    """Three buttons and one for the report; keys have a suffix where a page has several maps to take away."""
    stem, words = (
        file_stem(scene.explanation, title),
        caption(scene.explanation, title),
    )  # a download runs outside of the session
    files = (
        (_("Picture (PNG)"), f"{stem}.png", "image/png", lambda: figure_png(scene, look, words)),
        (_("Values (NPZ)"), f"{stem}.npz", "application/octet-stream", lambda: npz_bytes(scene.explanation)),
        (_("Manifest (JSON)"), f"{stem}.json", "application/json", lambda: manifest_bytes(scene.explanation)),
    )
    with st.container(horizontal=True):
        for label, name, mime, make in files:
            st.download_button(
                label, make, name, mime, key=f"get-{name[-3:]}{suffix}", on_click="ignore", width="content"
            )
        offer_report(scene, look, title, suffix)


def file_stem(explanation: Explanation, title: str) -> str:
    """A file name without its ending: vitrine-sobol-border-of-vehicle-3."""
    words = re.sub(r"[^a-z0-9]+", "-", f"{explanation.method} {title}".lower()).strip("-")
    return f"vitrine-{words[:80]}"


def caption(explanation: Explanation, title: str) -> Caption:
    """Title and caption of the picture."""
    origin = explanation.provenance
    lines = [
        _("{method}: {runs}, score {score}.").format(
            method=_(get_method(explanation.method).title),
            runs=numbers.runs(explanation.cost.forwards),
            score=numbers.decimal(explanation.score, 3),
        ),
        _("Model {model}, picture {picture}.").format(model=origin.model, picture=_(origin.picture)[:60]),
    ]
    if explanation.stability is not None:
        lines.append(
            _("Rank correlation between two halves of the runs: {value}.").format(
                value=numbers.decimal(explanation.stability, 2)
            )
        )
    return Caption(title, tuple(lines))


def npz_bytes(explanation: Explanation) -> bytes:
    """The file content of an NPZ without pickle: values, band, masks of the target."""
    return npz_of(explanation.arrays())


def manifest_bytes(explanation: Explanation) -> bytes:
    """The file content of the manifest."""
    return (json.dumps(explanation.manifest(), indent=2) + "\n").encode()
