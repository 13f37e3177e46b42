"""Races of Vitrine with itself: a pass with the bare forward runs in it, OpenVINO with TensorFlow.

The first says what masks, perturbed images, scores and Python cost; the second what the conversion gives.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.effort import Effort
from benchmarks.races.measures import Measure
from benchmarks.races.race import Answers, Contestant, Race, TimedTask
from benchmarks.races.scenes import BenchmarkScene, scene_of
from engine.batches import batch_size
from engine.perturbation.methods import sobol
from engine.perturbation.methods.params import SobolParams

TITLE = "A pass and its forward runs"
MODELS = ("dogs-vgg", "streets-segformer")
GRID = 4
BATCHES = GRID**2 + 2
"""Of a lap: a design has so many model evaluations, and there are as many designs as images in a batch."""

SAME = Measure("{:.0f} model evaluations each", lambda mine, _theirs: mine.item(), max)


def races(effort: Effort) -> list[Race]:
    """Of each model: its pass against its forward runs, and these against TensorFlow's."""
    found = []
    for key in MODELS:
        ran, forwards, before = (
            Contestant(f"{name}, {key}", make, {"key": key}, environment)
            for name, make, environment in (
                ("a pass", sobol_runs, {}),
                ("forward runs alone", forward_runs, {}),
                ("TensorFlow, forward runs alone", forward_runs, {"VITRINE_BACKEND": "tensorflow"}),
            )
        )
        found += [
            Race(f"a pass, {key}", ran, forwards, SAME),
            Race(f"forward runs, {key}", forwards, before, SAME),
        ]
    return found


def remarks(effort: Effort) -> str:
    """What is to be known of the figures."""
    return (
        "A pass against the forward runs alone: 1.0 would say that masks, images, scores and Python "
        "cost nothing. Forward runs on what the model runs on here against TensorFlow."
    )


def sobol_runs(key: str) -> TimedTask:
    """A Sobol pass of all targets."""
    scene = scene_of(key)
    params = SobolParams(grid=GRID, designs=_at_once(scene), draft="never")
    return _task(scene, lambda: scene.explain(sobol, params, scene.targets))


def forward_runs(key: str) -> TimedTask:
    """As many images through the model, in the same batches."""
    scene = scene_of(key)
    images = np.repeat(scene.image[None], _at_once(scene), axis=0)

    def run() -> None:
        for _ in range(BATCHES):
            scene.model.score_batch(images, "probability")

    return _task(scene, run)


def _at_once(scene: BenchmarkScene) -> int:
    """Images in a batch."""
    return batch_size(scene.image.shape[:2])


def _task(scene: BenchmarkScene, run: Callable[[], object]) -> TimedTask:
    def lap(_number: int) -> Answers:
        run()
        return {"runs": np.array([BATCHES * _at_once(scene)], np.float32)}

    return TimedTask(lap, note=scene.note)
