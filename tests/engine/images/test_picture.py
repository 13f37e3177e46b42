import io

import numpy as np
import pytest
from PIL import Image

from engine.errors import PictureError
from engine.images.picture import MAX_SIDE, Picture, read_picture


def encode(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def two_halves(mode: str = "RGB", size: tuple[int, int] = (64, 32)) -> Image.Image:
    """Left half red, right half blue."""
    image = Image.new("RGB", size, (220, 20, 20))
    image.paste((20, 20, 220), (size[0] // 2, 0, size[0], size[1]))
    return image.convert(mode)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("PNG", "P"),
        ("PNG", "RGBA"),
        ("WEBP", "RGB"),
        ("BMP", "RGB"),
        ("TIFF", "CMYK"),
        ("GIF", "P"),
    ],
)
def test_formats_and_modes_keep_their_colours(kind, mode):
    pixels = read_picture(encode(two_halves(mode), kind)).pixels
    assert pixels.shape == (32, 64, 3)
    assert np.abs(pixels[16, 10].astype(int) - (220, 20, 20)).max() < 40
    assert np.abs(pixels[16, 54].astype(int) - (20, 20, 220)).max() < 40


def test_heic_is_read():
    pillow_heif = pytest.importorskip("pillow_heif")
    buffer = io.BytesIO()
    pillow_heif.from_pillow(two_halves()).save(buffer, quality=90)
    pixels = read_picture(buffer.getvalue(), "phone.heic").pixels
    assert np.abs(pixels[16, 10].astype(int) - (220, 20, 20)).max() < 40


def test_exif_rotation_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show rotated by 90 degrees clockwise
    picture = read_picture(encode(two_halves(), "JPEG", exif=exif, quality=95))
    pixels = picture.pixels
    assert pixels.shape == (64, 32, 3) and picture.file_hw == (64, 32)
    assert pixels[5, 16, 0] > 150 > pixels[58, 16, 0]


def test_sixteen_bit_grey_keeps_its_mean():
    grey = np.linspace(0, 65535, 64 * 32).reshape(32, 64).astype(np.uint16)
    assert abs(read_picture(encode(Image.fromarray(grey))).pixels.mean() - 127.5) < 2


def test_transparency_is_laid_on_white():
    assert read_picture(encode(Image.new("RGBA", (32, 32), (0, 0, 0, 0)))).pixels.min() == 255


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF"])
def test_first_frame_of_an_animation(kind):
    red, blue = Image.new("RGB", (32, 32), "red"), Image.new("RGB", (32, 32), "blue")
    pixels = read_picture(encode(red, kind, save_all=True, append_images=[blue])).pixels
    assert pixels[16, 16, 0] > 200 > pixels[16, 16, 2]


def test_large_pictures_are_shrunk():
    picture = read_picture(encode(Image.new("RGB", (3000, 1500)), "JPEG"))
    assert picture.size_hw == (MAX_SIDE // 2, MAX_SIDE) and picture.file_hw == (1500, 3000)


def bomb() -> bytes:
    """A PNG header that promises 50,000 x 50,000 pixels."""
    import struct
    import zlib

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


BAD = {
    "empty": (b"", "empty"),
    "text": (b"hello, I am a text called .png", "cannot be read"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cannot be read"),
    "truncated": (encode(two_halves(size=(640, 320)), "JPEG")[:900], "cannot be read"),
    "bomb": (bomb(), "pixels"),
    "1x1": (encode(Image.new("RGB", (1, 1))), "too small"),
    "20000x10": (encode(Image.new("RGB", (20_000, 10))), "too small"),
    "2000x20": (encode(Image.new("RGB", (2_000, 20))), "too narrow"),
    "heavy": (b"\xff\xd8" + bytes(21 * 2**20), "MB"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_get_one_sentence(case):
    data, word = BAD[case]
    with pytest.raises(PictureError, match=word) as caught:
        read_picture(data, f"{case}.png")
    assert str(caught.value).endswith(".") and "Traceback" not in str(caught.value)


def test_flipped_bytes_never_escape(rng):
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF"):
        good = np.frombuffer(encode(two_halves(), kind), np.uint8)
        for _ in range(30):
            bad = good.copy()
            bad[rng.integers(0, len(bad), 8)] = rng.integers(0, 256, 8)
            try:
                read_picture(bad.tobytes())
            except PictureError:
                continue


def test_a_picture_is_its_pixels(picture):
    same = Picture(picture.pixels.copy(), "other name")
    assert same.sha256 == picture.sha256
    changed = picture.pixels.copy()
    changed[0, 0, 0] ^= 1
    assert Picture(changed, "noise.png").sha256 != picture.sha256
    with pytest.raises(ValueError, match="read-only"):
        picture.pixels[0, 0, 0] = 1


def test_a_picture_checks_its_pixels():
    with pytest.raises(PictureError, match="float32"):
        Picture(np.zeros((4, 4, 3), np.float32), "x")  # type: ignore[arg-type]
