"""Decoding a band at a time gives what Pillow gives of the whole, and takes no more than a band."""

import numpy as np
import pytest
from PIL import Image

from engine.errors import PictureError
from engine.images import decoding
from engine.images.picture import read_picture
from tests.fuzz.bombs import saved


def noise(mode: str, size: tuple[int, int], seed: int = 5) -> Image.Image:
    """Random values in a mode of Pillow."""
    shape = (size[1], size[0], {"RGB": 3, "RGBA": 4, "LA": 2}.get(mode, 1))
    values = np.random.default_rng(seed).integers(0, 4, shape, np.uint8) * 80
    if mode == "I;16":
        return Image.fromarray(values[..., 0].astype(np.uint16) * 250)
    if mode == "P":
        return Image.fromarray(values[..., 0], "L").convert("RGB").quantize(50)
    return Image.fromarray(values.squeeze(), mode)


def as_a_whole(image: Image.Image) -> np.ndarray:
    """What was read before there were bands: all of it in RGB, then small."""
    if image.mode == "I;16":
        image = Image.fromarray(
            np.clip(np.asarray(image, np.float32) * (255 / 65535), 0, 255).astype(np.uint8)
        )
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("RGB")
    image.thumbnail((1024, 1024), Image.Resampling.LANCZOS)
    return np.asarray(image)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "L", "P", "I;16"])
@pytest.mark.parametrize("size", [(300, 200), (1500, 1100), (4301, 1203)])
def test_bands_give_the_values_of_the_whole(mode, size, monkeypatch):
    monkeypatch.setattr(decoding, "BAND_PIXELS", 300_000)
    image = noise(mode, size)
    assert np.array_equal(read_picture(saved(image, "PNG")).pixels, as_a_whole(image))


def test_a_narrow_jpeg_is_decoded_small(monkeypatch):
    sizes = []
    shrunk = decoding._shrunk
    monkeypatch.setattr(
        decoding, "_shrunk", lambda image, wanted: sizes.append(image.size) or shrunk(image, wanted)
    )
    picture = read_picture(saved(Image.new("RGB", (12_000, 1_500), "teal"), "JPEG"))
    assert picture.size_hw == (128, 1024) and picture.file_hw == (1_500, 12_000) and sizes == [(1_500, 188)]


def test_a_turned_tiff_has_its_upright_size():
    image = Image.fromarray(np.indices((40, 64)).sum(0).astype(np.uint8) * 2).convert("RGB")
    picture = read_picture(saved(image, "TIFF", tiffinfo={274: 6}))
    assert picture.size_hw == picture.file_hw == (64, 40)
    assert np.array_equal(picture.pixels, np.asarray(image.transpose(Image.Transpose.ROTATE_270)))


def test_formats_whose_decoder_takes_more_have_fewer_pixels(monkeypatch):
    monkeypatch.setattr(decoding, "FEWER_PIXELS", {"WEBP": 9_999})
    assert read_picture(saved(Image.new("RGB", (100, 100)), "PNG")).size_hw == (100, 100)
    with pytest.raises(PictureError, match="100 x 100 pixels"):
        read_picture(saved(Image.new("RGB", (100, 100)), "WEBP"))


def test_the_pixels_are_told_before_they_are_decoded(monkeypatch):
    monkeypatch.setattr(decoding, "_decoded", lambda _image: pytest.fail("decoded"))

    def refuse(pixels: int) -> None:
        raise PictureError("{pixels} are too many.", pixels=pixels)

    with pytest.raises(PictureError, match="6000 are too many"):
        read_picture(saved(Image.new("RGB", (100, 60)), "PNG"), charge=refuse)
