"""The shipped pictures, ready to be shown. Rendered ones take seconds to make, so a copy is kept on disk."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

import numpy as np
from PIL import Image

from engine.picture import Picture
from samples.library import SAMPLES, Sample, sample_pixels

FOLDER = Path(__file__).resolve().parents[1] / ".vitrine" / "samples"
SCENES = Path(__file__).resolve().parents[1] / "samples" / "scenes"
logger = logging.getLogger("vitrine")


def offered() -> dict[str, Sample]:
    """All samples by their key, the default first."""
    return {sample.key: sample for sample in SAMPLES}


def load_sample(key: str) -> Picture:
    """A shipped picture."""
    sample = offered()[key]
    if sample.seed is None:
        return Picture(sample_pixels(key), sample.title)
    copy = FOLDER / f"{key}-{_renderer()}.png"
    pixels = _read(copy)
    if pixels is None:
        pixels = sample_pixels(key)
        _write(copy, pixels)
    return Picture(pixels, sample.title)


def _renderer() -> str:
    """Digest of the renderer's code: another renderer, other pictures."""
    content = hashlib.sha256()
    for path in sorted(SCENES.glob("*.py")):
        content.update(path.read_bytes())
    return content.hexdigest()[:16]


def _read(path: Path) -> np.ndarray | None:
    try:
        with Image.open(path) as image:
            return np.array(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError):
        return None


def _write(path: Path, pixels: np.ndarray) -> None:
    """Keep a copy; a disk that refuses it is no error."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(part, "PNG")
        part.replace(path)
    except OSError as error:
        logger.info("the rendered sample is not kept: %s", error)
