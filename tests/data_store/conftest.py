"""Folders of data sets, made of tiny images."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def put(tmp_path):
    """Writes images and masks below a folder: ``put("a/b.png", mode="L")``."""

    def write(name: str, value: int = 0, mode: str = "RGB") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shape = (20, 24) if mode in ("L", "P") else (20, 24, len(mode))
        image = Image.fromarray(np.full(shape, value, np.uint8), mode)
        if mode == "P":
            image.putpalette(bytes(range(256)) * 3)
        image.save(path)
        return path

    return write
