"""The pictures behind the figures on a classifier's card, as plain folders of classes."""

import shutil
from pathlib import Path

from training.classify.config import ClassifierConfig
from training.classify.measure import ClassifierAnswer, Figures, measure_classes
from training.classify.pictures import find_classes, find_pictures


def folder_name(config: ClassifierConfig) -> str:
    """Name of the folder of reported pictures: the same for all runs that learn from the same pictures."""
    return Path(config.pictures.folder).name


def gather(config: ClassifierConfig, data: Path, folder: Path) -> dict[str, int]:
    """Copies the pictures that are reported on to `folder/NAME/CLASS`.

    Returns:
        Number of pictures, by NAME.
    """
    samples = find_pictures(config, data, ["report"])
    name = folder_name(config)
    for sample in samples:
        target = folder / name / sample.group / sample.path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(sample.path, target)
    return {name: len(samples)}


def reported_figures(config: ClassifierConfig, data: Path, answer: ClassifierAnswer) -> Figures:
    """Figures on the reported pictures."""
    groups = list(find_classes(data / config.pictures.folder))
    return measure_classes(answer, find_pictures(config, data, ["report"]), config.input_size, groups)
