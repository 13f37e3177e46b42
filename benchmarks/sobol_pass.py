"""One pass for all zones and borders of a picture against Xplique's Sobol method for one zone."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from engine.batches import batch_size
from engine.perturbation import sobol
from engine.perturbation.params import SobolParams
from engine.perturbation.run import PerturbationPass, Perturber, fit_picture
from engine.picture import Picture
from engine.target_sets import TargetSet
from engine.targets import Scorer
from engine.zones import Zones, list_zones
from model_store.catalogue import ModelRef
from model_store.loading import load_model
from model_store.runtime import tensorflow
from samples.library import SAMPLES, sample_pixels

ROUNDS = 3


def prepare(key: str) -> tuple[object, np.ndarray, Zones]:
    """The model, the default sample at its size, float32 (H, W, 3), and its zones."""
    model = load_model(ModelRef(key))
    picture = Picture(sample_pixels(SAMPLES[0].key), SAMPLES[0].key)
    image = fit_picture(picture, model.input_size_hw(picture.size_hw))
    return model, image, list_zones(model.score_batch(image[None], "probability")[0], model.facts.labels)


def targets_of(zones: Zones) -> TargetSet:
    """Everything that one pass answers."""
    return TargetSet((*zones.labels.shape, len(zones.class_names)), zones.class_names, zones)


def report(key: str, grid: int, designs: int) -> None:
    """Print seconds of both and their ratio: median of alternating rounds."""
    model, image, zones = prepare(key)
    params = SobolParams(grid=grid, designs=designs, fill="black")
    ours, theirs = _ours(model, image, zones, params), _xplique(model, image, zones, params)
    ours(), theirs()  # tracing and caches are paid before the clock starts
    seconds = np.array([[_time(ours), _time(theirs)] for _ in range(ROUNDS)])
    mine, peer = np.median(seconds, axis=0)
    runs = designs * (grid**2 + 2)
    print(
        f"{key}, {image.shape[1]} x {image.shape[0]} px, grid {grid}, {designs} designs, {runs} runs, batch {batch_size(image.shape[:2])}"
    )
    print(f"  Vitrine, {len(targets_of(zones))} targets ({len(zones.zones)} zones): {mine:6.2f} s, {1000 * mine / runs:.1f} ms a run")
    print(f"  Xplique, 1 target:  {peer:6.2f} s, {1000 * peer / runs:.1f} ms a run")
    print(f"  ratio {np.median(seconds[:, 0] / seconds[:, 1]):.2f} (promised: at most 1.30)")


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _ours(model, image: np.ndarray, zones: Zones, params: SobolParams) -> Callable[[], object]:  # noqa: ANN001
    def work() -> object:
        targets = targets_of(zones)
        scorer = Scorer(targets, targets.output_shape)
        plan = sobol.plan(params, image)
        job = PerturbationPass(model, Perturber.of(image, plan.cells, params), plan, scorer, "probability")
        scores = job.scores(0, job.plan.runs)
        return [sobol.estimate(plan, params, scores[:, column]) for column in range(scores.shape[1])]

    return work


def _xplique(model, image: np.ndarray, zones: Zones, params: SobolParams) -> Callable[[], object]:  # noqa: ANN001
    tf = tensorflow()
    from xplique.attributions import SobolAttributionMethod

    network = tf.function(lambda x: tf.nn.softmax(model.logits(x)), reduce_retracing=True)
    target = np.eye(len(zones.class_names), dtype=np.float32)[zones.zones[0].class_index] * zones.zone_target(0).mask[..., None]
    explainer = SobolAttributionMethod(
        network, params.grid, params.designs, operator="semantic segmentation", batch_size=batch_size(image.shape[:2])
    )
    return lambda: explainer(image[None], target[None])
