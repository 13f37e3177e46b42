"""Two experiments side by side, and whether their difference may be chance."""

from dataclasses import dataclass

import numpy as np

from engine.errors import ExperimentError
from engine.evaluation.comparing import Difference, compare_shares, pair_images
from experiments.columns import ImageFigures, read_image_figures
from experiments.folders import ListedRun
from experiments.record import Experiment


@dataclass(frozen=True)
class RunComparison:
    """Two experiments.

    Attributes:
        first: one.
        second: the other.
        figure: name of what was measured of each image; empty where the two have nothing in common.
        difference: first less second over the images that both were asked about; None where there are none.
        same_test: whether both were asked about the same test part; None where one does not say.
    """

    first: Experiment
    second: Experiment
    figure: str = ""
    difference: Difference | None = None
    same_test: bool | None = None

    @property
    def settings(self) -> list[tuple[str, str, str]]:
        """Name, and both values, of settings that differ; empty texts where one has none."""
        names = dict.fromkeys((*self.first.settings, *self.second.settings))
        rows = [
            (name, *(str(run.settings.get(name, "")) for run in (self.first, self.second))) for name in names
        ]
        return [(name, one, two) for name, one, two in rows if one != two]


def compare_runs(first: ListedRun, second: ListedRun) -> RunComparison:
    """Compare two runs, image by image where both have a figure of each image.

    Raises:
        ExperimentError: one of them is damaged.
    """
    if first.experiment is None or second.experiment is None:
        raise ExperimentError("A damaged experiment cannot be compared.")
    one, two = first.experiment, second.experiment
    digests = one.splits.get("test"), two.splits.get("test")
    same = digests[0] == digests[1] if all(digests) else None
    found = read_image_figures(first.folder), read_image_figures(second.folder)
    if found[0] is None or found[1] is None or found[0].name != found[1].name:
        return RunComparison(one, two, same_test=same)
    return RunComparison(one, two, found[0].name, _paired(found[0], found[1]), same)


def _paired(first: ImageFigures, second: ImageFigures) -> Difference | None:
    pairing = pair_images(list(first.values), list(second.values))
    if not len(pairing.first):
        return None
    values = [np.array(list(one.values.values())) for one in (first, second)]
    return compare_shares(values[0][pairing.first], values[1][pairing.second])
