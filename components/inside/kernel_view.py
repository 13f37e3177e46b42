"""The kernels of the first convolution as pictures, with their weights."""

import numpy as np
import streamlit as st
from PIL import Image

from components.pieces.map_sheet import Group, SheetLayout, Tile, map_sheet
from components.pieces.map_sheet.encode import PlainMap
from components.pieces.map_view import MapDisplay
from components.session.choosing import choose_from_list
from components.session.keys import KERNEL, WEIGHTS
from components.words import numbers
from components.words.i18n import _, sentence
from components.words.plain import as_text
from compute.work.features import LayerList
from engine.features import FirstKernels
from engine.images.picture import Picture
from engine.visualise.channels import kernel_pixels
from engine.visualise.render import scale_of

SIDE_PX, MARGIN = 84, 5
FACTOR = 16


def show_kernels(found: LayerList) -> None:
    """All kernels, and one with its weights; or why there are none."""
    with st.expander(_("Kernels of the first layer")):
        if found.kernels is None:
            st.markdown("" if found.no_kernels is None else as_text(sentence(found.no_kernels)))
            return
        _show_all(found.kernels)
        _show_one(found.kernels)


def _show_all(kernels: FirstKernels) -> None:
    rows, columns, _colours, count = kernels.weights.shape
    text = _(
        "The first layer, {layer}, weights {rows} x {columns} pixels of red, green and blue. Grey "
        "means a weight of zero. Each kernel has its own scale; its limit is given below it."
    )
    st.markdown(text.format(layer=as_text(kernels.layer), rows=rows, columns=columns))
    pictures = [_framed(enlarged(kernel_pixels(kernels.weights[..., index]))) for index in range(count)]
    reaches = [float(np.abs(kernels.weights[..., index]).max()) for index in range(count)]
    captions = [f"{index} · ±{numbers.raw(reach, reach)}" for index, reach in enumerate(reaches)]
    st.image(
        pictures, captions, SIDE_PX, alt=[_("kernel {number}").format(number=index) for index in range(count)]
    )


def enlarged(pixels: np.ndarray) -> np.ndarray:
    """Pixels uint8 (h, w, 3), each as a square block."""
    height, width, _colours = pixels.shape
    return np.asarray(
        Image.fromarray(pixels).resize((width * FACTOR, height * FACTOR), Image.Resampling.NEAREST)
    )


def _framed(pixels: np.ndarray) -> np.ndarray:
    """Pixels uint8 (h + 2 m, w + 2 m, 4) with a transparent margin that keeps kernels apart."""
    opaque = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    margin = MARGIN * max(pixels.shape) // SIDE_PX
    return np.pad(opaque, ((margin, margin), (margin, margin), (0, 0)))


def _show_one(kernels: FirstKernels) -> None:
    count = kernels.weights.shape[-1]
    number = choose_from_list(KERNEL, _("Weights of kernel"), range(count), width=260)
    weights = kernels.weights[..., number]
    scale = scale_of(weights, signed=True)
    below = Picture(enlarged(kernel_pixels(weights)), _("kernel {number}").format(number=number))
    colours = (_("Red"), _("Green"), _("Blue"))
    tiles = tuple(
        Tile("", title, PlainMap(weights[..., place], True, _("weights")), scale=scale)
        for place, title in enumerate(colours)
    )
    display = MapDisplay(opacity=1.0, smooth=False, flat=True)
    map_sheet(below, [Group("", tiles)], SheetLayout("9rem", "shared", picks=False, display=display), WEIGHTS)
