"""The pictures that ship with Vitrine: rendered streets, photographs and digits of installed packages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from samples.digits import CREDIT, digit_name, digit_pixels

STREET_SIZE_HW = (512, 1024)
"""Size of the rendered samples in pixels."""

DIGIT_SIDE = 256
"""Side of the digits among the samples in pixels."""

Kind = Literal["street", "object", "digit"]
Loader = Callable[[], NDArray[np.uint8]]


RENDERED = Path(__file__).resolve().parent / "rendered"
"""Street samples as `python -m samples` writes them; reading them is much faster than rendering, and pixels
never shift with a library.
"""


def _read(path: Path, mode: str) -> NDArray[np.uint8]:
    """Pixels of a picture file, read-only."""
    from PIL import Image

    with Image.open(path) as image:
        pixels = np.array(image.convert(mode))
    pixels.flags.writeable = False
    return pixels


def package_photo(package: str, inside: str) -> NDArray[np.uint8]:
    """Reads a photograph from the files of an installed package, without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            f"The package {package} with the photograph {inside} is not installed. Install requirements.txt."
        )
    return _read(Path(spec.origin).parent / inside, "RGB")


@dataclass(frozen=True)
class Sample:
    """A picture that ships with Vitrine.

    Attributes:
        key: Short name that never changes; part of links.
        title: What a person reads.
        credit: Where the picture comes from.
        kind: "street" for segmentation, "object" or "digit" for classification.
        seed: Seed of a rendered street, None for others.
    """

    key: str
    title: str
    credit: str
    kind: Kind
    seed: int | None = None
    _load: Loader = field(repr=False, compare=False, kw_only=True)


def _rendered(key: str, title: str, seed: int) -> Sample:
    """Describes a rendered street."""
    return Sample(
        key,
        title,
        "Rendered by Vitrine",
        "street",
        seed,
        _load=partial(_read, RENDERED / f"{key}.png", "RGB"),
    )


def _photo(key: str, title: str, credit: str, place: tuple[str, str]) -> Sample:
    """Describes a photograph of something, stored at (package, path)."""
    return Sample(key, title, credit, "object", _load=partial(package_photo, *place))


def _digit(number: int, title: str) -> Sample:
    """Describes a handwritten digit, which no model of Vitrine's own was trained on."""
    return Sample(digit_name(number), title, CREDIT, "digit", _load=partial(digit_pixels, number, DIGIT_SIDE))


_SKLEARN, _SKIMAGE = "sklearn", "skimage"

SAMPLES: tuple[Sample, ...] = (
    _rendered("street-1", "Leafy street in the sun", 15),
    _rendered("street-2", "Crossing at noon", 44),
    _rendered("street-3", "Traffic at sunset", 29),
    _rendered("street-4", "Brick houses under clouds", 37),
    _photo(
        "cat",
        "Chelsea the cat",
        "Stéfan van der Walt, CC0, from scikit-image",
        (_SKIMAGE, "data/chelsea.png"),
    ),
    _photo(
        "coffee", "Cup of coffee", "Rachel Michetti, CC0, from scikit-image", (_SKIMAGE, "data/coffee.png")
    ),
    _photo(
        "astronaut",
        "Astronaut Eileen Collins",
        "NASA, public domain, from scikit-image",
        (_SKIMAGE, "data/astronaut.png"),
    ),
    _photo(
        "rocket",
        "Rocket on its launch pad",
        "SpaceX, public domain, from scikit-image",
        (_SKIMAGE, "data/rocket.jpg"),
    ),
    _photo(
        "temple",
        "Summer Palace, Beijing",
        "danielbuechele, CC BY 2.0, from scikit-learn",
        (_SKLEARN, "datasets/images/china.jpg"),
    ),
    _photo(
        "flower",
        "Dahlia",
        "vultilion, CC BY 2.0, from scikit-learn",
        (_SKLEARN, "datasets/images/flower.jpg"),
    ),
    _digit(403, "Handwritten seven"),
    _digit(379, "Handwritten eight"),
)
"""All shipped samples; the first is the default picture."""

_BY_KEY = {sample.key: sample for sample in SAMPLES}


@lru_cache(maxsize=len(SAMPLES))
def sample_pixels(key: str) -> NDArray[np.uint8]:
    """Loads a shipped picture.

    Args:
        key: The `key` of one of `SAMPLES`.

    Returns:
        uint8 (H, W, 3), RGB, read-only; the same array each time.

    Raises:
        KeyError: If there is no such sample.
    """
    return _BY_KEY[key]._load()


def sample_labels(key: str) -> NDArray[np.uint8] | None:
    """Returns the true categories of a rendered street.

    Args:
        key: The `key` of one of `SAMPLES`.

    Returns:
        uint8 (H, W), read-only, indices of `samples.scenes.CATEGORIES`; None for other samples.

    Raises:
        KeyError: If there is no such sample.
    """
    return None if _BY_KEY[key].seed is None else _read(RENDERED / f"{key}_labels.png", "L")
