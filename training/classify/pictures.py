"""Pictures in one folder per class, and their parts: training, watching, or the figures on the card."""

import hashlib
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image

from engine.arrays import Pixels
from training.classify.config import ClassifierConfig, PictureFolders
from training.common.config import ConfigError

PARTS = ("train", "select", "report")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")


@dataclass(frozen=True)
class ClassPicture:
    """One picture on disk.

    Attributes:
        path: RGB file.
        group: name of its folder, which is its class.
        part: `train`, `select` or `report`.
    """

    path: Path
    group: str
    part: str

    @property
    def stem(self) -> str:
        """File name without its ending: the same picture at another size has the same."""
        return self.path.stem


def share_of(stem: str) -> float:
    """A number in [0, 1) that depends on a picture's name only."""
    return int.from_bytes(hashlib.sha256(stem.encode()).digest()[:4], "big") / 2**32


def class_part_of(pictures: PictureFolders, stem: str) -> str:
    """What a picture of this name is for; the pictures reported on stay the same when others come or go."""
    share = share_of(stem)
    if share < pictures.report_share:
        return "report"
    return "select" if share < pictures.report_share + pictures.select_share else "train"


def find_classes(folder: Path) -> dict[str, list[Path]]:
    """Pictures of each class: folders in alphabetical order, pictures by name.

    Raises:
        ConfigError: there are not at least two folders with pictures.
    """
    folders = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    found = {
        path.name: sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
        for path in folders
    }
    found = {name: files for name, files in found.items() if files}
    if len(found) < 2:
        raise ConfigError(
            f"{folder} must hold at least two folders of pictures, one for each class; found {len(found)}."
        )
    return found


def find_pictures(config: ClassifierConfig, data: Path, parts: Sequence[str]) -> list[ClassPicture]:
    """The pictures of `pictures.folder` that are for one of the parts."""
    classes = find_classes(data / config.pictures.folder)
    samples = [
        ClassPicture(path, name, class_part_of(config.pictures, path.stem))
        for name, paths in classes.items()
        for path in paths
    ]
    return [sample for sample in samples if sample.part in parts]


def label_names(groups: Sequence[str]) -> list[str]:
    """Names of classes as they are shown: folder names with blanks."""
    return [group.replace("_", " ") for group in groups]


def read_rgb(source: Path | BytesIO) -> Image.Image:
    """A picture in RGB."""
    with Image.open(source) as image:
        return image.convert("RGB")


def squared(image: Image.Image, size: int) -> Pixels:
    """The whole picture as a square of `size` px, as the application resizes it: bilinear, averaged where it
    shrinks; (size, size, 3).
    """
    return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR))


def _members(archive: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, Path]]:
    for member in archive:
        path = Path(member.name)
        if member.isfile() and path.suffix.lower() in SUFFIXES:
            yield member, path


def more_classes(file: Path) -> list[str]:
    """Folders of a tar that hold pictures, in alphabetical order."""
    with tarfile.open(file) as archive:
        return sorted({path.parent.name for _, path in _members(archive)})


def read_more(file: Path) -> Iterator[tuple[str, str, Callable[[], Image.Image]]]:
    """Class, name without ending and a way to read the picture, for every file of a tar of one folder per
    class, one after the other.
    """
    with tarfile.open(file) as archive:
        for member, path in _members(archive):
            handle = archive.extractfile(member)
            if handle is not None:
                yield path.parent.name, path.stem, partial(_decoded, handle)


def _decoded(handle: IO[bytes]) -> Image.Image:
    return read_rgb(BytesIO(handle.read()))
