"""Sobol indices of one zone, and of all zones and borders, against Xplique's Sobol method, which is asked once for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchmarks.effort import Effort
from benchmarks.measures import DIFFERENCE, RANKS, Measure
from benchmarks.peer_networks import Network, hugging_face, ours_in_tensorflow
from benchmarks.race import Answers, Contestant, Race, Task
from benchmarks.scenes import dense, image_of, scene_of, targets_in
from engine.batches import batch_size
from engine.model import Floats, LoadedModel
from engine.perturbation import sobol
from engine.perturbation.design import GridDesign, SobolDesign
from engine.perturbation.params import SobolParams
from engine.target_sets import TargetSet
from engine.zones import Zones
from model_store import runtime
from model_store.openvino_forward import can_run

TITLE = "Sobol indices of zones and borders"
MEASURED_TARGETS = 2
"""So many zones are asked for in turn where a lap is one zone."""

WARM_DESIGNS = 2


@dataclass(frozen=True)
class _Promise:
    """What is promised of a precision, one zone and all."""

    allowed: str
    one: float
    everything: float
    measure: Measure


PROMISES = {"f32": _Promise("auto", 3, 60, DIFFERENCE), "bf16": _Promise("bf16", 5, 100, RANKS)}


def races(effort: Effort) -> list[Race]:
    """One zone and everything, in each precision that this processor has, against Xplique on two networks."""
    same = {"key": effort.model, "grid": effort.grid, "designs": effort.designs}
    peers = [
        Contestant("Xplique, Hugging Face's model", xplique, same | {"make_network": hugging_face}),
        Contestant("Xplique, our network in TensorFlow", xplique, same | {"make_network": ours_in_tensorflow}, _only("tensorflow")),
    ]
    found = []
    for precision in _precisions():
        promise = PROMISES[precision]
        for question, everything, promised in (("one zone", False, promise.one), ("all zones and borders", True, promise.everything)):
            ours = Contestant(f"Vitrine, {question}, {precision}", vitrine, same | {"everything": everything}, _only(promise.allowed))
            found += [Race(f"{question}, {precision}", ours, peer, promise.measure, promised) for peer in peers]
    return found


def remarks(effort: Effort) -> str:
    """What is to be known of the figures."""
    said = [
        f"{effort.designs * (effort.grid**2 + 2):,} runs for each map ({effort.grid} x {effort.grid} cells, {effort.designs} designs), "
        "on the masks that Xplique draws, so that maps can be compared; Vitrine's own are scrambled and cost the same. "
        f"Xplique is asked for one zone in each round, {MEASURED_TARGETS} of them in turn; "
        "for everything its time counts once for each target.",
        *(
            []
            if can_run("bf16")
            else ["OpenVINO bf16: this processor does not have it, so the promise of 5 and 100 times cannot be tried here."]
        ),
    ]
    return "\n\n".join(said)


def _precisions() -> list[str]:
    return ["f32", *(["bf16"] if can_run("bf16") else [])]


def _only(backend: str) -> dict[str, str]:
    return {"VITRINE_BACKEND": backend}


def vitrine(key: str, grid: int, designs: int, everything: bool) -> Task:
    """One pass for all targets, or for one of the zones in turn."""
    scene = scene_of(key)
    names = [f"target {index}" for index in range(len(scene.targets))]

    def run(lap: int) -> Answers:
        wanted = range(len(names)) if everything else [lap % MEASURED_TARGETS]
        maps = scene.explain(AsXplique, _params(grid, designs), [scene.targets[index] for index in wanted])
        return {names[index]: found.values for index, found in zip(wanted, maps, strict=True)}

    return Task(run, warm=scene.warm, note=f"{scene.note}; {len(names)} targets, {len(scene.targets.zones.zones)} of them zones")


def _params(grid: int, designs: int) -> SobolParams:
    return SobolParams(grid=grid, designs=designs, fill="black", draft="never")


class AsXplique:
    """The method on the masks of Xplique: an unscrambled sequence without its first point."""

    @staticmethod
    def plan(params: SobolParams, image: Floats) -> GridDesign:
        """The same runs row by row."""
        return GridDesign(_Unscrambled(params.grid**2, params.designs, params.replicates, params.seed), params.grid)

    estimate = staticmethod(sobol.estimate)


class _Unscrambled(SobolDesign):
    @cached_property
    def _ab(self) -> Floats:
        from scipy.stats import qmc

        points = qmc.Sobol(2 * self.dimensions, scramble=False).fast_forward(1).random(self.designs)
        return points.reshape(self.designs, 2, self.dimensions).astype(np.float32)


def xplique(key: str, grid: int, designs: int, make_network: Callable[[str], Network]) -> Task:
    """One zone in each lap."""
    network, image = make_network(key), image_of(key)
    targets = targets_in(key, network(image[None]).numpy()[0])
    step = batch_size(image.shape[:2])
    runtime.xplique()
    from xplique.attributions import SobolAttributionMethod

    def explain(index: int, designs: int) -> Floats:
        method = SobolAttributionMethod(network, grid, designs, operator="semantic segmentation", batch_size=step)
        return method(image[None], dense(targets[index], targets.output_shape)[None]).numpy()[0, ..., 0]

    def run(lap: int) -> Answers:
        index = lap % MEASURED_TARGETS
        return {f"target {index}": explain(index, designs)}

    return Task(run, warm=lambda: explain(0, WARM_DESIGNS), note=f"TensorFlow, {step} pictures at once; one target")


def prepare(key: str) -> tuple[LoadedModel, Floats, Zones]:
    """The model, the default sample at its size, float32 (H, W, 3), and its zones."""
    scene = scene_of(key)
    return scene.model, scene.image, scene.targets.zones


def targets_of(zones: Zones) -> TargetSet:
    """Everything that one pass answers."""
    return TargetSet((*zones.labels.shape, len(zones.class_names)), zones.class_names, zones)
