"""Occlusion and RISE of one target against Xplique's."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.effort import Effort
from benchmarks.races.measures import DIFFERENCE, RANKS
from benchmarks.races.peer_networks import keras_network
from benchmarks.races.race import Answers, Contestant, Race, TimedTask
from benchmarks.races.scenes import BenchmarkScene, dense, image_of, scene_of, targets_in
from engine.arrays import Floats
from engine.batches import batch_size
from engine.methods import get_method
from engine.perturbation.methods.params import OcclusionParams, RiseParams
from engine.perturbation.plan import PerturbationMethod, PerturbationParams
from engine.target_sets import TargetSet
from model_store.base import runtime

TITLE = "Occlusion and RISE of one target"
MODELS = ("dogs-vgg", "streets-unet")
POSITIONS = 16
TARGET = "target"
OPERATORS = {2: None, 4: "semantic segmentation"}
"""Of Xplique, by the number of axes of a batch of outputs."""


def races(effort: Effort) -> list[Race]:
    """Both methods on a classifier and on a segmentation model."""
    occlusion = OcclusionParams(positions=POSITIONS, patch=1, fill="black")
    rise = RiseParams(masks=effort.masks, fill="black")
    found = []
    for key in MODELS:
        for method, params, measure in (("occlusion", occlusion, DIFFERENCE), ("rise", rise, RANKS)):
            options = {"key": key, "method": method, "params": params}
            ours = Contestant(f"Vitrine, {method}, {key}", vitrine, options)
            theirs = Contestant(f"Xplique, {method}, {key}", xplique, options)
            found.append(Race(f"{method}, {key}", ours, theirs, measure))
    return found


def remarks(effort: Effort) -> str:
    """What is to be known of the figures."""
    return (
        f"Occlusion: {POSITIONS} x {POSITIONS} patches that touch, the same on both sides. RISE: "
        f"{effort.masks:,} masks of 8 x 8 cells; "
        "each side draws its own, so the maps only agree as far as chance lets them. Xplique "
        "gets the model as Keras reads it."
    )


def vitrine(key: str, method: str, params: PerturbationParams) -> TimedTask:
    """The map of what the model sees first."""
    scene, rows = scene_of(key), get_method(method, PerturbationMethod)

    def run(_lap: int) -> Any:
        return scene.explain(rows, params, [scene.targets[_index(scene)]])[0]

    return TimedTask(run, lambda found: {TARGET: found.values}, note=scene.note)


def _index(scene: BenchmarkScene) -> int:
    """The strongest class, or the largest zone."""
    return strongest(scene.targets, scene.model.score_batch(scene.image[None], "probability")[0])


def strongest(targets: TargetSet, output: Floats) -> int:
    """Index of the strongest class, or of the largest zone."""
    return int(output.argmax()) if targets.zones is None else 0


def xplique(key: str, method: str, params: PerturbationParams) -> TimedTask:
    """The same question."""
    network, image = keras_network(key), image_of(key)
    output = network(image[None]).numpy()
    targets = targets_in(key, output[0])
    target = dense(targets[strongest(targets, output[0])], targets.output_shape)[None]
    runtime.xplique()
    explainer = EXPLAINERS[method](network, image.shape[:2], params, OPERATORS[output.ndim])

    def run(_lap: int) -> Answers:
        return {TARGET: np.squeeze(explainer()(image[None], target).numpy())}

    return TimedTask(
        run, READINGS[method], note=f"TensorFlow, {batch_size(image.shape[:2])} pictures at once"
    )


Explainer = Callable[[], Callable[[Floats, Floats], Any]]


def _occlusion(
    network: Any, size_hw: tuple[int, int], params: OcclusionParams, operator: str | None
) -> Explainer:
    from xplique.attributions import Occlusion

    step = (size_hw[0] // params.positions, size_hw[1] // params.positions)
    return lambda: Occlusion(
        network, batch_size(size_hw), operator, patch_size=step, patch_stride=step, occlusion_value=0.0
    )


def _rise(network: Any, size_hw: tuple[int, int], params: RiseParams, operator: str | None) -> Explainer:
    from xplique.attributions import Rise

    return lambda: Rise(network, batch_size(size_hw), operator, params.masks, params.grid, params.kept)


def _one_of_each_patch(found: Answers) -> Answers:
    """A value for each place of the patch, from a map of pixels that are equal under it."""
    values = found[TARGET]
    rows, columns = (np.arange(POSITIONS) * side // POSITIONS for side in values.shape)
    return {TARGET: values[np.ix_(rows, columns)]}


EXPLAINERS: dict[str, Callable[..., Explainer]] = {"occlusion": _occlusion, "rise": _rise}
READINGS: dict[str, Callable[[Answers], Answers]] = {
    "occlusion": _one_of_each_patch,
    "rise": lambda found: found,
}
