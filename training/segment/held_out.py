"""The pictures behind the figures on a model card, as plain folders, and the figures themselves."""

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.evaluation.confusion import Evaluation
from engine.evaluation.intervals import Interval
from training.segment.config import Config
from training.segment.measure import Logits, count_pixels, iou_intervals, read_figures
from training.segment.sources import MAPPINGS, LabelledPicture, all_labelled


@dataclass(frozen=True)
class Result:
    """Figures of a network on one set of pictures.

    Attributes:
        name: name of the source.
        pictures: number of pictures.
        mapping: key of `LABEL_MAPS` for their label files.
        figures: over the categories without void.
        intervals: of the IoU, 95 %, by category and for their `mean`.
    """

    name: str
    pictures: int
    mapping: str
    figures: Evaluation
    intervals: Mapping[str, Interval]

    @property
    def said(self) -> str:
        """The figures in a line."""
        iou, accuracy = self.figures.mean_iou, self.figures.pixel_accuracy
        return f"{self.name}: mean IoU {iou:.3f}, pixel accuracy {accuracy:.3f}"


def gather(config: Config, data: Path, folder: Path) -> dict[str, int]:
    """Copies the pictures and labels that are reported on to `folder/SOURCE/images` and
    `folder/SOURCE/labels`.

    Returns:
        Number of pictures per source.
    """
    samples = all_labelled(config, data, ["report"])
    for sample in samples:
        for kind, path in (("images", sample.picture), ("labels", sample.label)):
            target = folder / sample.source.name / kind / f"{sample.stem}{path.suffix}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return dict(Counter(sample.source.name for sample in samples))


def results(config: Config, data: Path, logits: Logits) -> list[Result]:
    """Figures on the reported pictures of each source that has some."""
    by_source: dict[str, list[LabelledPicture]] = {}
    for sample in all_labelled(config, data, ["report"]):
        by_source.setdefault(sample.source.name, []).append(sample)
    found = []
    for name, samples in by_source.items():
        mapping = samples[0].source.mapping or MAPPINGS[samples[0].source.kind]
        matrices = count_pixels(logits, samples)
        figures, intervals = read_figures(matrices), iou_intervals(matrices)
        found.append(Result(name, len(samples), mapping, figures, intervals))
    return found
