"""Delivery of pictures and long lists of numbers to the browser."""

import base64
import io

from PIL import Image
from streamlit import config, runtime
from streamlit.elements.lib.image_utils import image_to_url
from streamlit.elements.lib.layout_utils import LayoutConfig
from streamlit.url_util import make_url_path

from components.session.cache import in_session
from engine.arrays import Pixels
from engine.images.picture import Picture

QUALITY = 90
SMALL_PX, SMALL_QUALITY = 112, 80
INLINE_BYTES = 12_000
"""What is longer is fetched from an address, once, in place of being sent with each change around it."""


@in_session(16)
def photo_bytes(sha256: str, _pixels: Pixels) -> bytes:
    """The file content of a JPEG of pixels uint8 (H, W, 3)."""
    return jpeg_bytes(Image.fromarray(_pixels))


def jpeg_bytes(image: Image.Image, quality: int = QUALITY) -> bytes:
    """The file content of a JPEG."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def thumbnail(image: Image.Image) -> str:
    """A small copy of an image as a data address."""
    small = image.copy()
    small.thumbnail((SMALL_PX, SMALL_PX))
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg_bytes(small, SMALL_QUALITY)).decode()}"


def photo_url(picture: Picture) -> str:
    """Address at which the browser of this session fetches a picture, once; ``st.image`` gives the same."""
    content = photo_bytes(picture.sha256, picture.pixels)
    return below_base(
        image_to_url(content, LayoutConfig(width="content"), False, "RGB", "JPEG", f"photo-{picture.sha256}")
    )


def png_url(content: bytes, name: str) -> str:
    """Address at which the browser of this session fetches a PNG.

    Args:
        content: of the file.
        name: of what it shows; what is equal has one address.
    """
    return below_base(
        image_to_url(content, LayoutConfig(width="content"), False, "RGB", "PNG", f"png-{name}")
    )


def delivered(content: bytes, place: str) -> dict[str, str]:
    """How the browser gets some bytes: as base 64 under "text", or, if many, from the address under "url".

    Args:
        content: the bytes.
        place: where they are used; others that are delivered there later replace them.
    """
    if len(content) <= INLINE_BYTES:
        return {"text": base64.b64encode(content).decode()}
    return {
        "url": below_base(
            runtime.get_instance().media_file_mgr.add(content, "application/octet-stream", f"bytes-{place}")
        )
    }


def below_base(url: str) -> str:
    """An address below ``server.baseUrlPath``; Streamlit's elements add that in the browser, ours do not."""
    base = config.get_option("server.baseUrlPath") or ""
    return make_url_path(base, url) if base and url.startswith("/") else url
