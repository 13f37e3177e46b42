"""A model that looks at a sample, and a pass over it as Vitrine runs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import Floats
from engine.batches import batch_size
from engine.images.picture import Picture
from engine.model import LoadedModel
from engine.perturbation.plan import Estimate, PerturbationFunctions, PerturbationParams
from engine.perturbation.run import PerturbationPass, Perturber, fit_picture
from engine.target_sets import TargetSet
from engine.targets import Scorer, Target
from engine.zones import Zones, list_zones
from model_store.catalogue import CATALOGUE, ModelRef, model_facts
from model_store.loading.load import load_model
from samples.library import SAMPLES, sample_pixels

OBJECT = "cat"


@dataclass(frozen=True, eq=False)
class BenchmarkScene:
    """What a pass needs.

    Attributes:
        model: the model.
        image: float32 (H, W, 3), RGB 0-255, at the size at which it looks.
        targets: everything that one pass answers.
    """

    model: LoadedModel
    image: Floats
    targets: TargetSet

    def explain(
        self, method: PerturbationFunctions[Any, Any], params: PerturbationParams, targets: Sequence[Target]
    ) -> list[Estimate]:
        """A map of each target, by one pass."""
        plan = method.plan(params, self.image)
        scorer = Scorer(targets, self.targets.output_shape)
        job = PerturbationPass(
            self.model, Perturber.of(self.image, plan.cells, params), plan, scorer, "probability"
        )
        scores = job.scores(0, plan.runs)
        read = (method.estimate(plan, params, scores[:, column]) for column in range(scores.shape[1]))
        return [estimate for estimate in read if estimate is not None]

    def warm(self) -> None:
        """One batch, so that everything is compiled."""
        self.model.score_batch(
            np.repeat(self.image[None], batch_size(self.image.shape[:2]), axis=0), "probability"
        )

    @property
    def zones(self) -> Zones:
        """Those of a segmentation."""
        assert self.targets.zones is not None
        return self.targets.zones

    @property
    def note(self) -> str:
        """What runs it, and how much at once."""
        height, width = self.image.shape[:2]
        return (
            f"{self.model.backend.name}, {height} x {width} px, {batch_size((height, width))} "
            "pictures at once"
        )


def scene_of(key: str, size_hw: tuple[int, int] | None = None) -> BenchmarkScene:
    """A model and the sample that suits it, at the size at which it looks, or another."""
    model = load_model(ModelRef(key))
    image = image_of(key, size_hw)
    return BenchmarkScene(model, image, targets_in(key, model.score_batch(image[None], "probability")[0]))


def image_of(key: str, size_hw: tuple[int, int] | None = None) -> Floats:
    """float32 (H, W, 3), RGB 0-255: the first street, or a cat, at the size at which a model looks, or
    another.
    """
    entry = CATALOGUE[key]
    sample = SAMPLES[0].key if entry.task == "segmentation" else OBJECT
    picture = Picture(sample_pixels(sample), sample)
    return fit_picture(picture, size_hw or entry.policy.size_hw(picture.size_hw))


def targets_in(key: str, output: Floats) -> TargetSet:
    """The targets of one output, float32 (h, w, C) or (C,), in probabilities."""
    labels = model_facts(ModelRef(key)).labels
    return TargetSet(output.shape, labels, list_zones(output, labels) if output.ndim == 3 else None)


def dense(target: Target, shape: tuple[int, ...]) -> Floats:
    """float32 (h, w, C) or (C,): a target as Xplique takes it, with 1 where it counts: Xplique divides by how
    many these are.
    """
    weights = np.zeros(int(np.prod(shape)), np.float32)
    places, _ = target.entries(shape)
    weights[places] = 1
    return weights.reshape(shape)
