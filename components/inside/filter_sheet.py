"""Sheet of filters in the browser: numbered pictures with their activation, and patches beside them."""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from components.words import numbers
from components.words.i18n import _
from components.words.templates import show_html
from compute.work.filter_sheet import Drawing
from engine.arrays import Pixels
from engine.visualise.patches import ActivatingPatch
from engine.visualise.sheets import beside

QUALITY = 85
MANY = 1000


@dataclass(frozen=True, eq=False)
class FilterGallery:
    """What is shown.

    Attributes:
        drawings: by channel, so far.
        titles: of the channels.
        patches: of each channel, strongest first; empty where they are not known.
    """

    drawings: Mapping[int, Drawing]
    titles: Mapping[int, str]
    patches: Mapping[int, Sequence[ActivatingPatch]]


def show_sheet(sheet: FilterGallery) -> None:
    """All pictures in a grid that fits the window."""
    if not sheet.drawings:
        return
    wide = any(sheet.patches.values())
    figures = [_figure(channel, drawing, sheet, wide) for channel, drawing in sheet.drawings.items()]
    least = "10rem" if wide else "6rem"
    show_html("inside/filter_sheet", label=_("Feature visualizations"), figures=figures, least=least)


def _figure(channel: int, drawing: Drawing, sheet: FilterGallery, wide: bool) -> dict[str, str]:
    title, patches = sheet.titles[channel], sheet.patches.get(channel, ())
    pixels = beside(drawing.pixels, [patch.pixels for patch in patches]) if wide else drawing.pixels
    alt = _("Feature visualization of {channel}").format(channel=title)
    if patches:
        names = ", ".join(dict.fromkeys(_(patch.name) for patch in patches))
        text = _("{drawn} Beside each: the patches that activate it most, from {names}.")
        alt = text.format(drawn=alt, names=names)
    aspect = f"{pixels.shape[1]}/{pixels.shape[0]}"
    note = gain_text(drawing)
    return {"source": data_url(pixels), "alt": alt, "aspect": aspect, "title": title, "note": note}


def gain_text(drawing: Drawing) -> str:
    """How much the picture activates its channel, and how much more than noise."""
    if drawing.silent:
        return _("no response")
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
