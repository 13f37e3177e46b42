"""Textures and shapes rendered with a seed: concepts that need no download.

Each name has as many images as anybody wants, of any size; colours, scale, turn and place are drawn.
``python -m samples.textures --out DIR`` writes them as folders of classes.
"""

import argparse
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

COUNT, SIDE = 40, 224
"""Images of each texture in the data set, and their side in pixels."""
Field = NDArray[np.float64]
"""(side, side), mostly 0-1: how much of the second colour is where."""
Random = np.random.Generator
LEAST_CONTRAST = 0.35
"""Between the two colours of a texture, as a mean over the channels."""


def _axes(side: int) -> tuple[Field, Field]:
    """Rows and columns of the pixels' centres as shares of the side, (side, side) each."""
    at = (np.arange(side) + 0.5) / side
    return np.broadcast_to(at[:, None], (side, side)), np.broadcast_to(at, (side, side))


def _turned(rng: Random, side: int) -> tuple[Field, Field]:
    """As ``_axes``, turned about the middle by a drawn angle."""
    rows, columns = _axes(side)
    angle = rng.uniform(0, np.pi)
    across = (rows - 0.5) * np.cos(angle) + (columns - 0.5) * np.sin(angle)
    along = (columns - 0.5) * np.cos(angle) - (rows - 0.5) * np.sin(angle)
    return across, along


def _wave(values: Field, sharpness: float = 6.0) -> Field:
    """A square wave with soft edges, 0-1; one period for each whole number."""
    return np.clip(np.sin(2 * np.pi * values) * sharpness / 2 + 0.5, 0, 1)


def _smooth_noise(rng: Random, side: int, cells: int) -> Field:
    """Noise 0-1 without features smaller than a cell."""
    coarse = Image.fromarray((rng.uniform(size=(cells, cells)) * 255).astype(np.uint8))
    return np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC), np.float64) / 255


def _clouds(rng: Random, side: int, cells: int) -> Field:
    """Noise of four scales, 0-1."""
    layers = [_smooth_noise(rng, side, cells * 2**octave) / 2**octave for octave in range(4)]
    return np.asarray(sum(layers) / 1.875)


def _stripes(rng: Random, side: int) -> Field:
    across, along = _turned(rng, side)
    bend = rng.uniform(0, 0.04) * np.sin(2 * np.pi * along * rng.uniform(1, 3))
    return _wave((across + bend) * rng.uniform(4, 12))


def _dots(rng: Random, side: int) -> Field:
    across, along = _turned(rng, side)
    count, reach = rng.uniform(4, 10), rng.uniform(0.25, 0.38)
    squares = ((across * count) % 1 - 0.5) ** 2 + ((along * count) % 1 - 0.5) ** 2
    return np.clip((reach - np.sqrt(squares)) * 12 + 0.5, 0, 1)


def _chequers(rng: Random, side: int) -> Field:
    across, along = _turned(rng, side)
    count = rng.uniform(2, 6)
    one, two = _wave(across * count), _wave(along * count)
    return one * two + (1 - one) * (1 - two)


def _zigzag(rng: Random, side: int) -> Field:
    across, along = _turned(rng, side)
    count = rng.uniform(4, 9)
    tooth = np.abs((along * count) % 1 - 0.5)
    return _wave(across * count + tooth * rng.uniform(0.8, 1.6))


def _waves(rng: Random, side: int) -> Field:
    across, along = _turned(rng, side)
    count = rng.uniform(3, 7)
    return _wave(across * count + 0.35 * np.sin(2 * np.pi * along * rng.uniform(2, 4)), 2.0)


def _rings(rng: Random, side: int) -> Field:
    rows, columns = _axes(side)
    top, left = rng.uniform(0.25, 0.75, 2)
    return _wave(np.hypot(rows - top, columns - left) * rng.uniform(6, 14))


def _lattice(rng: Random, side: int) -> Field:
    across, along = _turned(rng, side)
    count, width = rng.uniform(4, 9), rng.uniform(0.1, 0.2)
    lines = [np.abs((axis * count) % 1 - 0.5) < width / 2 for axis in (across, along)]
    return np.asarray(lines[0] | lines[1], np.float64)


def _blots(rng: Random, side: int) -> Field:
    noise = _smooth_noise(rng, side, int(rng.integers(6, 14)))
    return np.clip((noise - np.median(noise)) * 12 + 0.5, 0, 1)


def _grass(rng: Random, side: int) -> Field:
    blades = _smooth_noise(rng, side, max(side // 3, 4))
    tall = np.asarray(
        Image.fromarray((blades * 255).astype(np.uint8)).resize((side, side * 6), Image.Resampling.BICUBIC)
    )
    first = int(rng.integers(0, side * 5))
    sway = (_axes(side)[0] * rng.uniform(-0.2, 0.2) * side).astype(int)
    places = (np.arange(side)[None] + sway) % side
    rows = np.broadcast_to(first + np.arange(side)[:, None], (side, side))
    return 0.75 * tall[rows, places] / 255 + 0.25 * _smooth_noise(rng, side, 5)


def _bricks(rng: Random, side: int) -> Field:
    rows, columns = _axes(side)
    courses, mortar = int(rng.integers(5, 11)), rng.uniform(0.08, 0.16)
    course = np.floor(rows * courses + rng.uniform())
    place = columns * courses / 2 + 0.5 * (course % 2) + rng.uniform()
    joint = ((rows * courses) % 1 < mortar) | (place % 1 < mortar / 2)
    tone = rng.uniform(0.55, 1.0, 4096)[((course * 61 + np.floor(place)) % 4096).astype(int)]
    return np.where(joint, 0.0, tone) * (0.9 + 0.1 * rng.uniform(size=(side, side)))


def _sky(rng: Random, side: int) -> Field:
    rows, _ = _axes(side)
    cover = _clouds(rng, side, int(rng.integers(2, 4)))
    cloud = np.clip((cover - np.quantile(cover, rng.uniform(0.35, 0.8))) * 4, 0, 1)
    return np.maximum(cloud, 0.35 * rows)


def _stones(rng: Random, side: int) -> Field:
    rows, columns = _axes(side)
    points = rng.uniform(-0.1, 1.1, (int(rng.integers(25, 60)), 2))
    far = np.hypot(rows[..., None] - points[:, 0], columns[..., None] - points[:, 1])
    near = np.partition(far, 1, axis=-1)
    tone = rng.uniform(0.5, 1.0, len(points))[far.argmin(axis=-1)]
    return np.clip((near[..., 1] - near[..., 0]) * 40, 0, 1) * tone


Colours = tuple[tuple[float, float, float], tuple[float, float, float]]
NATURAL: Mapping[str, Colours] = {
    "grass": ((0.08, 0.25, 0.05), (0.45, 0.7, 0.2)),
    "bricks": ((0.75, 0.7, 0.65), (0.65, 0.28, 0.18)),
    "sky": ((0.25, 0.5, 0.85), (0.95, 0.96, 0.98)),
    "stones": ((0.2, 0.18, 0.16), (0.65, 0.6, 0.55)),
}
"""Of textures that are like something outside: both colours, which vary a little; others have any two."""
TEXTURES: Mapping[str, Callable[[Random, int], Field]] = {
    "stripes": _stripes,
    "dots": _dots,
    "chequers": _chequers,
    "zigzag": _zigzag,
    "waves": _waves,
    "rings": _rings,
    "lattice": _lattice,
    "blots": _blots,
    "grass": _grass,
    "bricks": _bricks,
    "sky": _sky,
    "stones": _stones,
}
"""By name: how a texture is drawn."""


def texture_name(texture: str, number: int) -> str:
    """What an image is called, without an ending."""
    return f"{texture}-{number:02d}"


def texture_pixels(texture: str, number: int, side: int = SIDE) -> NDArray[np.uint8]:
    """uint8 (side, side, 3): an image of a texture, RGB.

    Args:
        texture: key of ``TEXTURES``.
        number: which image; the same number gives the same one.
        side: of the square in pixels, at least 8.

    Raises:
        KeyError: there is no such texture.
    """
    seed = int(hashlib.sha256(texture_name(texture, number).encode()).hexdigest()[:12], 16)
    rng = np.random.default_rng(seed)
    first, second = _colours(texture, rng)
    share = np.clip(TEXTURES[texture](rng, side), 0, 1)[..., None]
    values = (1 - share) * first + share * second
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)


def _colours(texture: str, rng: Random) -> tuple[Field, Field]:
    """Two colours (3,), 0-1, that can be told apart."""
    if texture in NATURAL:
        first, second = (np.array(one) * rng.uniform(0.85, 1.15, 3) for one in NATURAL[texture])
        return np.clip(first, 0, 1), np.clip(second, 0, 1)
    while True:
        first, second = rng.uniform(size=(2, 3))
        if abs(float((first - second).mean())) >= LEAST_CONTRAST:
            return first, second


def write_textures(out: Path, count: int = COUNT, side: int = SIDE) -> int:
    """Writes each image to TEXTURE/NAME.png below a folder.

    Returns:
        How many were written.
    """
    for texture in TEXTURES:
        folder = out / texture
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            Image.fromarray(texture_pixels(texture, number, side)).save(
                folder / f"{texture_name(texture, number)}.png"
            )
    return len(TEXTURES) * count


def write_from_arguments(arguments: list[str] | None = None) -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(prog="python -m samples.textures", description="Write textures as PNG.")
    parser.add_argument("--out", type=Path, required=True, help="folder that receives one folder of each")
    parser.add_argument("--count", type=int, default=COUNT, help="images of each")
    parser.add_argument("--side", type=int, default=SIDE, help="of an image in pixels")
    asked = parser.parse_args(arguments)
    print(f"Wrote {write_textures(asked.out, asked.count, asked.side)} images to {asked.out}.")


if __name__ == "__main__":
    write_from_arguments()
