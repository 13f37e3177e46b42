"""View of one filter: its picture, its activation against the steps, its strongest patches, its files."""

import numpy as np
import streamlit as st

from components.inside.filter_sheet import FilterGallery, gain_text
from components.session.choosing import choose_from_list
from components.session.keys import DRAWN_ONE
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.work.filter_sheet import Drawing
from engine.npz import npz_of
from engine.visualise.render import png_bytes
from engine.visualise.sheets import filter_sheet, fit

PATCH_SIDE = 320
CHART_PX = 240


def choose_filter(sheet: FilterGallery) -> int:
    """The filter that is looked at closely."""
    with st.columns([1, 2])[0]:
        return choose_from_list(DRAWN_ONE, _("Inspect"), list(sheet.drawings), sheet.titles.__getitem__)


def show_one(sheet: FilterGallery, channel: int, name: str) -> None:
    """Picture, curve and patches of a filter."""
    drawing, title = sheet.drawings[channel], sheet.titles[channel]
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.image(
            png_bytes(drawing.pixels),
            alt=_("Feature visualization of {channel}").format(channel=title),
            width="stretch",
        )
    with right:
        st.markdown(f"**{as_text(title)}**: {gain_text(drawing)}")
        _show_curve(drawing)
    _show_patches(sheet, channel)
    _offer_files(sheet, name)


def _show_curve(drawing: Drawing) -> None:
    """Activation against steps."""
    import plotly.graph_objects as go

    figure = go.Figure(go.Scatter(x=drawing.steps, y=drawing.curve, mode="lines+markers", marker={"size": 5}))
    figure.update_layout(
        height=CHART_PX,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        separators=numbers.separators(),
        xaxis={"title": _("step")},
        yaxis={"title": _("mean activation"), "rangemode": "tozero"},
        showlegend=False,
    )
    st.plotly_chart(figure, key="curve", config={"displayModeBar": False})


def _show_patches(sheet: FilterGallery, channel: int) -> None:
    patches = sheet.patches.get(channel, ())
    if not patches:
        st.caption(_("Nothing in the available images activates it."))
        return
    st.markdown(_("**What activates it most in the available images**"))
    for column, patch in zip(st.columns(4), patches, strict=False):
        with column:
            alt = _("Patch of {picture}").format(picture=_(patch.name))
            st.image(png_bytes(fit(patch.pixels, PATCH_SIDE)), alt=alt, width="stretch")
            text = _("{picture}, whole image: {activation}") if patch.whole else _("{picture}: {activation}")
            st.caption(
                text.format(
                    picture=as_text(_(patch.name)), activation=numbers.raw(patch.activation, patch.activation)
                )
            )


def _offer_files(sheet: FilterGallery, name: str) -> None:
    """The sheet as a picture, and its pixels and curves as arrays."""
    pictures = {channel: drawing.pixels for channel, drawing in sheet.drawings.items()}
    safe = "".join(letter if letter.isalnum() else "-" for letter in name)
    with st.container(horizontal=True):
        st.download_button(
            _("Sheet (PNG)"),
            png_bytes(filter_sheet(pictures)),
            f"{safe}.png",
            "image/png",
            key="filters-png",
        )
        st.download_button(_("Arrays (NPZ)"), lambda: _arrays(sheet), f"{safe}.npz", key="filters-npz")


def _arrays(sheet: FilterGallery) -> bytes:
    drawings = sheet.drawings.values()
    arrays: dict[str, np.ndarray] = {
        "channels": np.array(list(sheet.drawings), np.int32),
        "pixels": np.stack([drawing.pixels for drawing in drawings]),
        "start": np.array([drawing.start for drawing in drawings], np.float32),
        "reached": np.array([drawing.reached for drawing in drawings], np.float32),
    }
    return npz_of(arrays)
