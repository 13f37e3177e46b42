"""Sources of labelled pictures, and their parts: training, watching, or the figures on the card."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
from PIL import Image

from engine.arrays import Bytes, Pixels
from model_store.base.label_maps import IGNORED, VOID, apply_map
from training.common.config import ConfigError
from training.segment.config import Config, DataSource, configured_place

PARTS = ("train", "select", "report")
MAPPINGS = {"camvid": "camvid", "idd": "idd", "cityscapes": "cityscapes", "folder": "categories"}


@dataclass(frozen=True)
class LabelledPicture:
    """One labelled picture on disk.

    Attributes:
        source: where it comes from.
        picture: RGB file.
        label: PNG of label ids with the same pixels.
        part: `train`, `select` or `report`.
    """

    source: DataSource
    picture: Path
    label: Path
    part: str

    @property
    def stem(self) -> str:
        """File name without its ending, which names the picture in lists."""
        return self.picture.stem


def _pairs_beside(root: Path) -> Iterator[tuple[Path, Path]]:
    """Pairs of `images/NAME.*` and `labels/NAME.png` anywhere below a folder."""
    for images in sorted(
        path for path in [root, *root.rglob("*")] if path.is_dir() and (path / "images").is_dir()
    ):
        for picture in sorted((images / "images").iterdir()):
            label = images / "labels" / f"{picture.stem}.png"
            if label.exists():
                yield picture, label


def _pairs_cityscapes(root: Path) -> Iterator[tuple[Path, Path]]:
    """Pairs of `leftImg8bit/.../X_leftImg8bit.png` and `gtFine/.../X_gtFine_labelIds.png`, without the
    unlabelled test part.
    """
    for picture in sorted((root / "leftImg8bit").rglob("*_leftImg8bit.*")):
        part = picture.parent.relative_to(root / "leftImg8bit")
        label = root / "gtFine" / part / f"{picture.stem.removesuffix('_leftImg8bit')}_gtFine_labelIds.png"
        if label.exists() and part.parts[0] != "test":
            yield picture, label


def _hash_share(stem: str) -> float:
    """A number in [0, 1) that depends only on the sequence, the file name up to the first `_`."""
    digest = hashlib.sha256(stem.split("_")[0].encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def source_part_of(source: DataSource, stem: str) -> str:
    """What a picture is for; `report` wins over `select`, so a picture on the card is never used for anything
    else.
    """
    share = _hash_share(stem)
    if any(fnmatch(stem, pattern) for pattern in source.report) or share < source.report_share:
        return "report"
    if (
        any(fnmatch(stem, pattern) for pattern in source.select)
        or share < source.report_share + source.select_share
    ):
        return "select"
    return "train"


def find_labelled(source: DataSource, data: Path) -> list[LabelledPicture]:
    """All labelled pictures of a source, in a fixed order.

    Raises:
        ConfigError: the kind is unknown, or the folder holds no labelled picture and is not optional.
    """
    if source.kind not in MAPPINGS:
        raise ConfigError(
            f"Source {source.name!r} is of kind {source.kind!r}; write one of {', '.join(MAPPINGS)}."
        )
    root = configured_place(source.root, data)
    pairs = _pairs_cityscapes(root) if source.kind == "cityscapes" else _pairs_beside(root)
    samples = [
        LabelledPicture(source, picture, label, source_part_of(source, picture.stem))
        for picture, label in pairs
    ]
    if not samples and not source.optional:
        raise ConfigError(f"Source {source.name!r}: no picture with a label below {root}.")
    return samples


def all_labelled(config: Config, data: Path, parts: Sequence[str] = PARTS) -> list[LabelledPicture]:
    """The samples of every source that are for one of the parts."""
    found = [sample for source in config.sources for sample in find_labelled(source, data)]
    return [sample for sample in found if sample.part in parts]


def read_pixels(sample: LabelledPicture) -> Pixels:
    """RGB 0-255, (H, W, 3)."""
    with Image.open(sample.picture) as image:
        return np.asarray(image.convert("RGB"))


def read_ids(sample: LabelledPicture) -> Bytes:
    """Label ids as in the file, (H, W)."""
    with Image.open(sample.label) as image:
        return np.asarray(image, np.uint8)


def read_categories(sample: LabelledPicture) -> Bytes:
    """Categories 0-7, or 255 where ignored, (H, W)."""
    return apply_map(read_ids(sample), sample.source.mapping or MAPPINGS[sample.source.kind])


def learnt_labels(sample: LabelledPicture) -> Bytes:
    """What is learnt: categories 1-7, or 255 where ignored or void, (H, W)."""
    found = read_categories(sample)
    return np.where(found == VOID, IGNORED, found).astype(np.uint8)
