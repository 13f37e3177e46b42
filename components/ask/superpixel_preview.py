"""The superpixels that a method would hide, before anything is paid."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from components.ask.rows import Contender
from components.jobs.orders import cost_text, order_maps
from components.session.cache import in_session
from components.session.guard import attempt, say
from components.session.media import jpeg_bytes
from components.words import numbers
from components.words.i18n import _
from engine.arrays import Ints, Pixels
from engine.errors import VitrineError
from engine.images.picture import Picture
from engine.method import Method
from engine.params import Params, describe_params
from engine.perturbation.designs.superpixel_params import PieceParams, SuperpixelParams
from engine.perturbation.designs.superpixels import advise, check_pieces, superpixels
from engine.perturbation.run import fit_picture

SHOWN_PX = 360


@in_session(8)
def _preview(
    _picture: Picture, sha256: str, input_hw: tuple[int, int], _params: SuperpixelParams, asked: str
) -> tuple[int, bytes]:
    """How many superpixels there are, and the file content of a JPEG of the picture as it is cut."""
    labels = superpixels(_params, fit_picture(_picture, input_hw))
    return int(labels.max()) + 1, jpeg_bytes(Image.fromarray(cut_picture(_picture.pixels, labels)))


def show_superpixels(model: Contender, method: Method, params: PieceParams) -> None:
    """The picture as it is cut, how many pieces there are, and what the method's runs cost."""
    picture, input_hw = model.choice.seen, model.prediction.input_hw
    names = {info.name for info in describe_params(SuperpixelParams)}
    cut = {name: value for name, value in params.spoken().items() if name in names}
    pieces, drawn = _preview(picture, picture.sha256, input_hw, params, str(sorted(cut.items())))
    refused = attempt(check_pieces, pieces)
    if isinstance(refused, VitrineError):
        say(refused)
    order = order_maps(model.choice, model.prediction, method, params)
    text = _("{pieces} superpixels, as the model sees the image; {method} costs {cost}.")
    st.image(drawn, alt=_("The image cut into superpixels"), width=SHOWN_PX)
    st.caption(text.format(pieces=numbers.count(pieces), method=_(method.title), cost=cost_text(order.price)))
    for sentence in advise(params, pieces):
        st.warning(_(sentence))


def cut_picture(picture: Pixels, labels: Ints) -> Pixels:
    """A picture uint8 (H, W, 3), as large as it is shown, with the cuts as lines, light over dark."""
    from skimage.segmentation import find_boundaries

    shown = Image.fromarray(picture)
    shown.thumbnail((2 * SHOWN_PX, 2 * SHOWN_PX))
    drawn = np.asarray(Image.fromarray(labels).resize(shown.size, Image.Resampling.NEAREST))
    pixels = np.array(shown)
    pixels[find_boundaries(drawn, mode="thick")] = (6, 18, 24)
    pixels[find_boundaries(drawn, mode="inner")] = (255, 255, 255)
    return pixels


PREVIEWS: dict[type[Params], Callable[[Contender, Method, Any], None]] = {PieceParams: show_superpixels}
"""What is shown below the form of parameters of a kind, and of those made from it."""


def show_method_preview(model: Contender, method: Method, params: Params) -> None:
    """What there is to see of a method before anything is paid, if anything."""
    for kind, show in PREVIEWS.items():
        if isinstance(params, kind):
            show(model, method, params)
