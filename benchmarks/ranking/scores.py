"""Score matrices for the study of rankings, kept part by part so that the collection can stop and go on."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.ranking.designs import CANDIDATES, GRID, PARTS, masks_of
from engine.arrays import Floats
from engine.batches import batch_size
from engine.images.picture import Picture, read_picture
from engine.model import LoadedModel
from engine.perturbation.designs.cells import GridCells
from engine.perturbation.methods.params import SobolParams
from engine.perturbation.run import Perturber, fit_picture
from engine.target_sets import TargetSet
from engine.targets import Scorer, Target
from engine.zones import list_zones
from model_store.catalogue import ModelRef
from model_store.loading.load import load_model
from samples.library import SAMPLES, sample_pixels

BEST_CLASSES = 5
MOST_ZONES = 16
UNSEEDED = ("unscrambled", "faded", "binary")
"""Designs of which there is only one, or of which one tells enough."""


def parts(seeds: int) -> list[str]:
    """Names of parts of 2,112 runs, in the order in which they are collected: the reference, then each seed
    of the candidates.
    """
    reference = [f"reference-{part}" for part in range(PARTS)]
    drawn = [f"{kind}-{seed}" for seed in range(seeds) for kind in CANDIDATES]
    return reference + [name for name in drawn if not name.startswith(UNSEEDED) or name.endswith("-0")]


@dataclass(frozen=True)
class RankingJob:
    """One picture and one model.

    Attributes:
        model: key in the catalogue.
        picture: key of a shipped sample, or path.
        size_hw: height and width at which the model is to look, or None for its own.
    """

    model: str
    picture: str
    size_hw: tuple[int, int] | None

    @property
    def folder(self) -> str:
        """Name of the folder that its parts are kept in."""
        size = "x".join(map(str, self.size_hw)) if self.size_hw else "own"
        return f"{self.model}--{Path(self.picture).stem}--{size}"


def collect(root: Path, jobs: Sequence[RankingJob], names: Sequence[str]) -> None:
    """Score what is missing, one model in memory at a time."""
    for model_key in dict.fromkeys(job.model for job in jobs):
        model = load_model(ModelRef(model_key))
        for job in (job for job in jobs if job.model == model_key):
            _collect(root / job.folder, job, model, names)


def _collect(folder: Path, job: RankingJob, model: LoadedModel, names: Sequence[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    picture = _picture(job.picture)
    image = fit_picture(picture, job.size_hw or model.input_size_hw(picture.size_hw))
    answer = model.score_batch(image[None], "probability")[0]
    kinds, labels, targets = targets_of(answer, model.facts.labels)
    perturber = Perturber.of(image, GridCells(GRID, GRID), SobolParams(fill="mean"))
    scorer = Scorer(targets, answer.shape)
    for name in names:
        path = folder / f"{name}.npz"
        if not path.exists():
            started = time.perf_counter()
            scores = np.concatenate(
                [
                    scorer.score(model.score_batch(perturber(masks), "probability"))
                    for masks in _batches(name, image)
                ]
            )
            np.savez_compressed(
                folder / "partial", scores=scores, kinds=kinds, labels=labels, size_hw=image.shape[:2]
            )
            (folder / "partial.npz").rename(path)
            print(
                f"{job.folder} {name}: {len(labels)} targets, {time.perf_counter() - started:.0f} s",
                flush=True,
            )


def _batches(name: str, image: Floats) -> Iterator[Floats]:
    masks, step = masks_of(name), batch_size(image.shape[:2])
    return (masks[start : start + step] for start in range(0, len(masks), step))


def _picture(name: str) -> Picture:
    if name in {sample.key for sample in SAMPLES}:
        return Picture(sample_pixels(name), name)
    path = Path(name)
    return read_picture(path.read_bytes(), path.name)


def targets_of(answer: Floats, labels: tuple[str, ...]) -> tuple[list[str], list[str], list[Target]]:
    """Kinds, labels and targets: the best classes, or the largest zones that are not small, their borders and
    shared borders.
    """
    if answer.ndim == 1:
        every = TargetSet(answer.shape, labels, None)
        best = [int(index) for index in np.argsort(-answer)[:BEST_CLASSES]]
        return ["class"] * len(best), [labels[index] for index in best], [every[index] for index in best]
    zones = list_zones(answer, labels)
    every = TargetSet(answer.shape, labels, zones)
    kept = [zone.index for zone in zones.zones if not zone.small][:MOST_ZONES]
    pairs = [pair for pair in zones.touching if set(pair) <= set(kept)]
    places = [
        *map(every.zone, kept),
        *map(every.border, kept),
        *(every.shared_border(*pair) for pair in pairs),
    ]
    kinds = ["zone"] * len(kept) + ["border"] * len(kept) + ["shared border"] * len(pairs)
    targets = [every[place] for place in places]
    return kinds, [target.label for target in targets], targets
