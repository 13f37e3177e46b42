"""Pictures on their way to the browser."""

from __future__ import annotations

import io

import streamlit as st
from PIL import Image
from streamlit.elements.lib.image_utils import image_to_url
from streamlit.elements.lib.layout_utils import LayoutConfig

from engine.picture import Picture, Pixels

QUALITY = 90


@st.cache_data(max_entries=32, max_size="64MB", show_spinner=False)
def photo_bytes(sha256: str, _pixels: Pixels) -> bytes:
    """The file content of a JPEG of pixels uint8 (H, W, 3)."""
    buffer = io.BytesIO()
    Image.fromarray(_pixels).save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def photo_url(picture: Picture) -> str:
    """Address from which the browser of this session fetches a picture, once: the same as ``st.image`` gives."""
    content = photo_bytes(picture.sha256, picture.pixels)
    return image_to_url(content, LayoutConfig(width="content"), False, "RGB", "JPEG", f"photo-{picture.sha256}")
