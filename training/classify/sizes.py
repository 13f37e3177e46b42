"""Figures of a trained classifier at several input sizes, to choose `input_size` by.

They are measured on its selection pictures.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from training.classify.config import ClassifierConfig
from training.classify.measure import ClassifierAnswer, Figures, measure_classes
from training.classify.pictures import find_classes, find_pictures
from training.common.config import ConfigError

SIZES = (96, 112, 128, 144, 160)


def measure_sizes(
    answer: ClassifierAnswer, config: ClassifierConfig, data: Path, sizes: Iterable[int]
) -> dict[int, Figures]:
    """Figures on the selection pictures by side in px, each size once, from small to large.

    Raises:
        ConfigError: no picture is kept aside to choose by.
    """
    samples = find_pictures(config, data, ["select"])
    if not samples:
        raise ConfigError(
            f"No picture of {data / config.pictures.folder} is kept aside to choose by: set "
            "select_share under [pictures]."
        )
    groups = list(find_classes(data / config.pictures.folder))
    return {size: measure_classes(answer, samples, size, groups) for size in sorted(set(sizes))}


def size_table(found: Mapping[int, Figures]) -> str:
    """The figures as lines of a table."""
    rows = [
        f"{size:>7}  {figures.pictures:>8}  {figures.top1:.3f}  {figures.top3:.3f}"
        for size, figures in found.items()
    ]
    return "\n".join(["size px  pictures  top-1  top-3", *rows])
