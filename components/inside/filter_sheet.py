"""Sheet of filters in the browser: numbered pictures with their activation, and patches beside them."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from components.words import numbers
from components.words.i18n import _
from engine.arrays import Pixels
from engine.visualise.sheets import beside

if TYPE_CHECKING:
    from compute.work.filter_sheet import Drawing
    from engine.visualise.patches import ActivatingPatch

QUALITY = 85
MANY = 1000
_FIGURE = (
    '<figure style="margin:0;min-width:0"><img src="{source}" alt="{alt}" '
    'style="width:100%;display:block;border-radius:4px;'
    'image-rendering:auto;aspect-ratio:{aspect}">'
    '<figcaption style="font-size:.8125rem;line-height:1.35;padding-top:.2rem;'
    'overflow-wrap:anywhere"><b>{title}</b> <span '
    'style="font-variant-numeric:tabular-nums">{note}</span></figcaption></figure>'
)
_GRID = (
    '<div role="group" aria-label="{label}" style="display:grid;gap:.8rem;'
    'grid-template-columns:repeat(auto-fill,minmax(min(100%,{least}),1fr))">{figures}</div>'
)


@dataclass(frozen=True, eq=False)
class Sheet:
    """What is shown.

    Attributes:
        drawings: by channel, so far.
        titles: of the channels.
        patches: of each channel, strongest first; empty where they are not known.
    """

    drawings: Mapping[int, Drawing]
    titles: Mapping[int, str]
    patches: Mapping[int, Sequence[ActivatingPatch]]


def show_sheet(sheet: Sheet) -> None:
    """All pictures in a grid that fits the window."""
    if not sheet.drawings:
        return
    wide = any(sheet.patches.values())
    figures = "".join(_figure(channel, drawing, sheet, wide) for channel, drawing in sheet.drawings.items())
    label = escape(_("Pictures of filters"), quote=True)
    st.html(_GRID.format(label=label, figures=figures, least="10rem" if wide else "6rem"))


def _figure(channel: int, drawing: Drawing, sheet: Sheet, wide: bool) -> str:
    title, patches = sheet.titles[channel], sheet.patches.get(channel, ())
    pixels = beside(drawing.pixels, [patch.pixels for patch in patches]) if wide else drawing.pixels
    alt = _("What {channel} looks for.").format(channel=title)
    if patches:
        names = ", ".join(dict.fromkeys(_(patch.name) for patch in patches))
        alt = _("{drawn} Beside it the patches that activate it most, from {names}.").format(
            drawn=alt, names=names
        )
    height, width = pixels.shape[:2]
    note = gain_text(drawing)
    return _FIGURE.format(
        source=data_url(pixels),
        alt=escape(alt, quote=True),
        aspect=f"{width}/{height}",
        title=escape(title),
        note=escape(note),
    )


def gain_text(drawing: Drawing) -> str:
    """How much the picture activates its channel, and how much more than noise."""
    if drawing.silent:
        return _("no answer")
    reached, gain = numbers.raw(drawing.reached, drawing.reached), drawing.gain
    if gain is None or gain > MANY or len(drawing.curve) < 2:
        return reached
    return _("{reached}, x {gain}").format(
        reached=reached, gain=numbers.general(gain, 2) if gain < 10 else numbers.decimal(gain, 0)
    )


def data_url(pixels: Pixels) -> str:
    """A picture uint8 (H, W, 3 or 4) inside a page."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "WEBP", quality=QUALITY, method=1)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"
