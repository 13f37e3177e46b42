"""Handwritten digits of scikit-learn, read from the file of its installed package without importing it.

Alpaydin and Kaynak 1998, Optical Recognition of Handwritten Digits, https://doi.org/10.24432/C50P49, CC BY
4.0: the test part, 1,797 images of 8 x 8 pixels by 13 people. ``python -m samples.digits --out DIR`` writes
them as folders of classes.
"""

import argparse
import gzip
import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CREDIT = "Alpaydin and Kaynak 1998, CC BY 4.0, from scikit-learn"
COUNT, SIDE, HIGHEST = 1797, 8, 16
"""How many there are, their side in pixels, and the value of full ink."""
MODEL_SIDE = 32
"""Side in pixels to which they are enlarged for models and data sets."""
TEST_SHARE, VALIDATION_SHARE = 0.2, 0.06


@lru_cache(maxsize=1)
def digit_values() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """All digits in the order of their file.

    Returns:
        uint8 (1797, 8, 8), ink 0-16, and uint8 (1797,), which digit each is; both read-only.

    Raises:
        FileNotFoundError: scikit-learn is not installed.
        ValueError: its file is another one.
    """
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            "The package sklearn with the digits is not installed. Install requirements.txt."
        )
    path = Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"
    with gzip.open(path, "rt", encoding="ascii") as file:
        table = np.loadtxt(file, np.uint8, delimiter=",", ndmin=2)
    if table.shape != (COUNT, SIDE * SIDE + 1) or table[:, :-1].max() > HIGHEST:
        raise ValueError(f"{path.name} has the shape {table.shape}; expected {(COUNT, SIDE * SIDE + 1)}.")
    table.flags.writeable = False
    return table[:, :-1].reshape(COUNT, SIDE, SIDE), table[:, -1]


def digit_pixels(number: int, side: int = MODEL_SIDE) -> NDArray[np.uint8]:
    """A digit, white on black, enlarged bicubically.

    Args:
        number: its place in the file, 0 to 1796.
        side: of the square in pixels.

    Returns:
        uint8 (side, side, 3), RGB, read-only.

    Raises:
        IndexError: there is no such digit.
    """
    grey = np.rint(digit_values()[0][number] * (255 / HIGHEST)).astype(np.uint8)
    enlarged = Image.fromarray(grey).resize((side, side), Image.Resampling.BICUBIC)
    pixels = np.array(enlarged.convert("RGB"))
    pixels.flags.writeable = False
    return pixels


def digit_name(number: int) -> str:
    """What the image of a digit is called, without an ending."""
    return f"digit-{number:04d}"


def digit_split(number: int) -> str:
    """``test``, ``validation`` or ``train``, by a hash of the name, which is the same everywhere."""
    share = int.from_bytes(hashlib.sha256(digit_name(number).encode()).digest()[:4], "big") / 2**32
    if share < TEST_SHARE:
        return "test"
    return "validation" if share < TEST_SHARE + VALIDATION_SHARE else "train"


def write_digits(out: Path) -> None:
    """Writes each digit to CLASS/NAME.png below a folder, as training reads them."""
    for number, digit in enumerate(digit_values()[1].tolist()):
        path = out / str(digit) / f"{digit_name(number)}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(digit_pixels(number)).save(path)


def main(arguments: list[str] | None = None) -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(prog="python -m samples.digits", description="Write the digits as PNG.")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder that receives one folder for each digit"
    )
    out = parser.parse_args(arguments).out
    write_digits(out)
    print(f"Wrote {COUNT} digits to {out}.")


if __name__ == "__main__":
    main()
