"""The image large: truth, answers and errors to put on either side of a line, with the wrong regions."""

import io
from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st
from PIL import Image

from components.pieces.mask_swipe import MaskLayer, SwipeScene, mask_swipe, picked_region
from components.pieces.zone_picker.geometry import run_lengths
from components.segmentation.regions import ChosenRegion, option_of, region_text, show_table
from components.segmentation.scene import MaskScene
from components.session.cache import in_session
from components.session.keys import REGION, SWIPE, remember
from components.session.media import png_url
from components.words import numbers
from components.words.i18n import _
from engine.arrays import AnyInts, Bytes
from engine.evaluation.mistakes import ErrorKind, WrongRegions, error_counts, error_map
from engine.visualise.annotations import rings_of

Colour = tuple[int, int, int, int]
INKS: dict[ErrorKind, Colour] = {
    ErrorKind.BOTH_RIGHT: (225, 225, 225, 110),
    ErrorKind.ONLY_FIRST_RIGHT: (0, 114, 178, 255),
    ErrorKind.ONLY_SECOND_RIGHT: (230, 159, 0, 255),
    ErrorKind.ALIKE_WRONG: (204, 60, 140, 255),
    ErrorKind.DIFFERENTLY_WRONG: (60, 10, 50, 255),
    ErrorKind.IGNORED: (0, 0, 0, 0),
}
"""Told apart also by who sees few colours."""


def show_masks(scene: MaskScene, regions: Sequence[WrongRegions], chosen: ChosenRegion) -> None:
    """The image with its masks, and beside it the table of regions."""
    left, right = st.columns([3, 2], gap="medium")
    listed = regions[chosen.model]
    with left:
        named = [
            (_rings(listed, number), region_text(scene, region))
            for number, region in enumerate(listed.regions, start=1)
        ]
        drawn = SwipeScene(
            scene.picture,
            (scene.truth.shape[0], scene.truth.shape[1]),
            _layers(scene),
            run_lengths(listed.labels),
            named,
            chosen.region.number if chosen.region else 0,
        )
        mask_swipe(drawn, SWIPE, partial(_adopt_click, scene, chosen.model))
    with right:
        show_table(scene, regions, chosen)


def _adopt_click(scene: MaskScene, model: int) -> None:
    number = picked_region(st.session_state[SWIPE])
    if number:
        remember(REGION, option_of(scene, model, number))


def _rings(regions: WrongRegions, number: int) -> list[list[int]]:
    top, left, bottom, right = regions.regions[number - 1].box
    return rings_of(regions.labels[top:bottom, left:right] == number, (top, left))


def _layers(scene: MaskScene) -> list[MaskLayer]:
    """Errors and truth first, then the answers."""
    masks = {_("Truth"): scene.truth, **dict(zip(scene.titles, scene.answers, strict=True))}
    named = [
        _class_layer(scene, f"mask-{number}", title, mask)
        for number, (title, mask) in enumerate(masks.items())
    ]
    return [named[1], named[0], *named[2:], _error_layer(scene)]


def _class_layer(scene: MaskScene, key: str, title: str, mask: AnyInts) -> MaskLayer:
    colours = np.zeros((256, 4), np.uint8)
    known = scene.found[0].facts.colours[:255]
    colours[: len(known)] = [(*colour, 255) for colour in known]
    shown = np.minimum(mask, 255).astype(np.uint8)
    present = [int(place) for place in np.unique(shown) if place < len(known)]
    legend = tuple((_hex((*known[place], 255)), scene.classes[place]) for place in present)
    return MaskLayer(key, title, _url(scene, title, shown, colours), legend)


def _error_layer(scene: MaskScene) -> MaskLayer:
    first, second = scene.answers[0], scene.answers[-1]
    kinds = error_map(scene.truth, first, second, len(scene.classes))
    counts = error_counts(kinds).tolist()
    colours = np.zeros((256, 4), np.uint8)
    colours[: len(INKS)] = [INKS[kind] for kind in ErrorKind]
    texts = _kind_texts(scene)
    legend = tuple(
        (_hex(INKS[kind]), f"{texts[kind]}: {numbers.share(counts[kind] / kinds.size)}")
        for kind in ErrorKind
        if counts[kind]
    )
    title = _("Errors")
    return MaskLayer("errors", title, _url(scene, title + "".join(scene.titles), kinds, colours), legend)


def _kind_texts(scene: MaskScene) -> dict[ErrorKind, str]:
    """What each kind of pixel is called; of one model there are only right and wrong ones."""
    if len(scene.answers) == 1:
        alone = {ErrorKind.BOTH_RIGHT: _("Correct"), ErrorKind.ALIKE_WRONG: _("Wrong")}
        return dict.fromkeys(ErrorKind, "") | alone | {ErrorKind.IGNORED: _("Not counted")}
    only = _("Only {model} right")
    return {
        ErrorKind.BOTH_RIGHT: _("Both right"),
        ErrorKind.ONLY_FIRST_RIGHT: only.format(model=scene.titles[0]),
        ErrorKind.ONLY_SECOND_RIGHT: only.format(model=scene.titles[1]),
        ErrorKind.ALIKE_WRONG: _("Both wrong, alike"),
        ErrorKind.DIFFERENTLY_WRONG: _("Both wrong, differently"),
        ErrorKind.IGNORED: _("Not counted"),
    }


def _hex(colour: Colour) -> str:
    red, green, blue, opacity = colour
    return f"#{red:02x}{green:02x}{blue:02x}{opacity:02x}"


def _url(scene: MaskScene, name: str, mask: Bytes, colours: Bytes) -> str:
    key = f"{scene.key}-{name}"
    return png_url(_png(mask.tobytes(), mask.shape, colours.tobytes()), key)


@in_session(16)
def _png(mask: bytes, size_hw: tuple[int, ...], colours: bytes) -> bytes:
    """The file content of a PNG with opacity of values uint8 (h, w) in 256 colours."""
    table = np.frombuffer(colours, np.uint8).reshape(256, 4)
    buffer = io.BytesIO()
    Image.fromarray(table[np.frombuffer(mask, np.uint8).reshape(size_hw)]).save(buffer, "PNG")
    return buffer.getvalue()
