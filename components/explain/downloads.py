"""Downloads of a map: picture, raw values, manifest; each is made when it is asked for."""

import json
import re

import streamlit as st

from components.maps.figure import Caption, figure_png
from components.pieces.map_view import MapDisplay, MapScene
from components.report.button import offer_report
from components.session.files import offer_files
from components.words import numbers
from components.words.i18n import _
from engine.explanation import Explanation
from engine.methods import get_method
from engine.npz import npz_of


def offer_downloads(scene: MapScene, display: MapDisplay, title: str, suffix: str = "") -> None:
    """Three buttons and one for the report; keys have a suffix where a page has several maps to take away."""
    explanation, words = scene.explanation, caption(scene.explanation, title)
    files = (
        (f"get-png{suffix}", _("Image (PNG)"), "png", lambda: figure_png(scene, display, words)),
        (f"get-npz{suffix}", _("Values (NPZ)"), "npz", lambda: npz_of(explanation.arrays())),
        (f"get-son{suffix}", _("Manifest (JSON)"), "json", lambda: manifest_bytes(explanation)),
    )
    with st.container(horizontal=True):
        offer_files(file_stem(explanation, title), files)
        offer_report(scene, display, title, suffix)


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
        _("Model {model}, image {picture}.").format(model=origin.model, picture=_(origin.picture)[:60]),
    ]
    if explanation.stability is not None:
        lines.append(
            _("{agreement}: {value}.").format(
                agreement=_(get_method(explanation.method).agreement),
                value=numbers.decimal(explanation.stability, 2),
            )
        )
    return Caption(title, tuple(lines))


def manifest_bytes(explanation: Explanation) -> bytes:
    """The file content of the manifest."""
    return (json.dumps(explanation.manifest(), indent=2) + "\n").encode()
