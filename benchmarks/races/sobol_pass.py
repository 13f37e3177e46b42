"""Races of Sobol indices of one zone, and of all zones and borders, with Xplique's method.

Xplique is asked once for each.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchmarks.effort import Effort
from benchmarks.races.measures import DIFFERENCE, RANKS, Measure
from benchmarks.races.peer_networks import PeerNetwork, hugging_face, ours_in_tensorflow
from benchmarks.races.race import Answers, Contestant, Race, TimedTask
from benchmarks.races.scenes import dense, image_of, scene_of, targets_in
from engine.arrays import Floats
from engine.batches import batch_size
from engine.model import LoadedModel
from engine.perturbation.designs.sobol_design import GridDesign, SobolDesign
from engine.perturbation.methods import sobol
from engine.perturbation.methods.params import SobolParams
from engine.target_sets import TargetSet
from engine.zones import Zones
from model_store.backends.openvino_forward import Precision, can_run
from model_store.base import runtime

TITLE = "Sobol indices of zones and borders"
NO_BF16 = (
    "OpenVINO bf16: this processor does not have it, so what is promised for it, 5 and 100 times, "
    "cannot be tried here."
)
MEASURED_TARGETS = 2
"""So many zones are asked for in turn where a lap is one zone."""

WARM_DESIGNS = 2


QUESTIONS = {"one zone": 1, "20 zones and borders": 20, "all zones and borders": None}
"""How many targets a pass of ours answers; None for all that there are."""


@dataclass(frozen=True)
class _Precision:
    """What may run the model.

    Attributes:
        allowed: value of ``VITRINE_BACKEND``.
        promised: how many times faster each question is said to be than Xplique on the model of the library.
        measure: how maps are compared.
    """

    allowed: str
    promised: tuple[float, ...]
    measure: Measure


PRECISIONS: dict[Precision, _Precision] = {
    "f32": _Precision("auto", (3, 60, 60), DIFFERENCE),
    "bf16": _Precision("bf16", (5, 100, 100), RANKS),
}


def races(effort: Effort) -> list[Race]:
    """Each question, in each precision that this processor has, against Xplique on two networks."""
    same = {"key": effort.model, "grid": effort.grid, "designs": effort.designs}
    library = Contestant("Xplique, Hugging Face's model", xplique, same | {"make_network": hugging_face})
    network = Contestant(
        "Xplique, our network in TensorFlow",
        xplique,
        same | {"make_network": ours_in_tensorflow},
        _only("tensorflow"),
    )
    found = []
    for name, precision in PRECISIONS.items():
        if not can_run(name):
            continue
        for (question, count), promised in zip(QUESTIONS.items(), precision.promised, strict=True):
            ours = Contestant(
                f"Vitrine, {question}, {name}", vitrine, same | {"count": count}, _only(precision.allowed)
            )
            found.append(Race(f"{question}, {name}", ours, library, precision.measure, promised))
            found.append(Race(f"{question}, {name}", ours, network, precision.measure))
    return found


def remarks(effort: Effort) -> str:
    """What is to be known of the figures."""
    said = (
        f"{effort.designs * (effort.grid**2 + 2):,} runs for each map ({effort.grid} x "
        f"{effort.grid} cells, {effort.designs} designs), "
        "on the masks that Xplique draws, so that maps can be compared; Vitrine's own are "
        "scrambled and cost the same. "
        f"Xplique is asked for one zone in each round, {MEASURED_TARGETS} of them in turn; for "
        "more its time counts once for each target."
    )
    return said if can_run("bf16") else f"{said} {NO_BF16}"


def _only(backend: str) -> dict[str, str]:
    return {"VITRINE_BACKEND": backend}


def vitrine(key: str, grid: int, designs: int, count: int | None) -> TimedTask:
    """One pass for some targets or all; for a single one the zones take turns."""
    scene = scene_of(key)
    names = [f"target {index}" for index in range(len(scene.targets))]

    def run(lap: int) -> Answers:
        wanted = [lap % MEASURED_TARGETS] if count == 1 else range(len(names))[:count]
        maps = scene.explain(AsXplique, _params(grid, designs), [scene.targets[index] for index in wanted])
        return {names[index]: found.values for index, found in zip(wanted, maps, strict=True)}

    return TimedTask(
        run,
        warm=scene.warm,
        note=f"{scene.note}; {len(names)} targets, {len(scene.zones.zones)} of them zones",
    )


def _params(grid: int, designs: int) -> SobolParams:
    return SobolParams(grid=grid, designs=designs, fill="black", draft="never")


class AsXplique:
    """The method on the masks of Xplique: an unscrambled sequence without its first point."""

    @staticmethod
    def plan(params: SobolParams, image: Floats) -> GridDesign:
        """The same runs row by row."""
        return GridDesign(
            _Unscrambled(params.grid**2, params.designs, params.replicates, params.seed), params.grid
        )

    estimate = staticmethod(sobol.estimate)


class _Unscrambled(SobolDesign):
    @cached_property
    def _ab(self) -> Floats:
        from scipy.stats import qmc

        points = qmc.Sobol(2 * self.dimensions, scramble=False).fast_forward(1).random(self.designs)
        return points.reshape(self.designs, 2, self.dimensions).astype(np.float32)


def xplique(key: str, grid: int, designs: int, make_network: Callable[[str], PeerNetwork]) -> TimedTask:
    """One zone in each lap."""
    network, image = make_network(key), image_of(key)
    targets = targets_in(key, network(image[None]).numpy()[0])
    step = batch_size(image.shape[:2])
    runtime.xplique()
    from xplique.attributions import SobolAttributionMethod

    def explain(index: int, designs: int) -> Floats:
        method = SobolAttributionMethod(
            network, grid, designs, operator="semantic segmentation", batch_size=step
        )
        return method(image[None], dense(targets[index], targets.output_shape)[None]).numpy()[0, ..., 0]

    def run(lap: int) -> Answers:
        index = lap % MEASURED_TARGETS
        return {f"target {index}": explain(index, designs)}

    return TimedTask(
        run, warm=lambda: explain(0, WARM_DESIGNS), note=f"TensorFlow, {step} pictures at once; one target"
    )


def prepare(key: str) -> tuple[LoadedModel, Floats, Zones]:
    """The model, the default sample at its size, float32 (H, W, 3), and its zones."""
    scene = scene_of(key)
    return scene.model, scene.image, scene.zones


def targets_of(zones: Zones) -> TargetSet:
    """Everything that one pass answers."""
    return TargetSet((*zones.labels.shape, len(zones.class_names)), zones.class_names, zones)
