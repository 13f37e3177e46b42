"""Benchmark of how a pass scales: time against zones, cells, designs, size of the picture, and by backend."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from benchmarks.effort import Effort
from benchmarks.races.race import Answers, Contestant, Finish, TimedTask
from benchmarks.races.runner import run_contestants
from benchmarks.races.scenes import BenchmarkScene, image_of, scene_of
from benchmarks.races.tables import spread, table
from engine.arrays import Floats, Reals
from engine.batches import batch_size
from engine.perturbation.methods import sobol
from engine.perturbation.methods.params import SobolParams
from model_store.backends.converted import NETWORK, converted_folder
from model_store.backends.openvino_forward import OpenvinoForward
from model_store.catalogue import ModelRef, model_facts
from model_store.loading.load import load_model

TITLE = "How time grows"
SHIPPED = ("streets-segformer", "streets-unet", "dogs-vgg", "dogs-inception")


@dataclass(frozen=True)
class Point:
    """One point of a curve.

    Attributes:
        label: its place.
        runs: how often the model is run.
        work: what is timed.
        warm: what is done once before.
    """

    label: str
    runs: int
    work: Callable[[], object]
    warm: Callable[[], object]


@dataclass(frozen=True)
class Curve:
    """Points that are run in turn.

    Attributes:
        title: what differs between them.
        values: of the points; None for "all".
        point: makes one, in the process that runs it.
    """

    title: str
    values: tuple[Any, ...]
    point: Callable[[Effort, Any], Point]


@cache
def _scene(key: str, size_hw: tuple[int, int] | None = None) -> BenchmarkScene:
    return scene_of(key, size_hw)


def _pass(label: str, scene: BenchmarkScene, params: SobolParams, zones: int | None = None) -> Point:
    """A pass for some targets, or for all."""
    targets = scene.targets[:zones]
    return Point(
        label,
        params.designs * (params.grid**2 + 2),
        lambda: scene.explain(sobol, params, targets),
        scene.warm,
    )


def _params(effort: Effort, **change: int) -> SobolParams:
    chosen: dict[str, Any] = {"grid": effort.grid, "designs": effort.designs_of_curves, **change}
    return SobolParams(**chosen)


def _by_zones(effort: Effort, count: int | None) -> Point:
    scene = _scene(effort.model)
    return _pass(str(count or f"all {len(scene.targets)}"), scene, _params(effort), count)


def _by_grid(effort: Effort, grid: int) -> Point:
    return _pass(f"{grid} x {grid}", _scene(effort.model), _params(effort, grid=grid))


def _by_designs(effort: Effort, times: int) -> Point:
    designs = times * effort.designs_of_curves
    return _pass(str(designs), _scene(effort.model), _params(effort, designs=designs))


def _by_size(effort: Effort, size_hw: tuple[int, int]) -> Point:
    return _pass(f"{size_hw[0]} x {size_hw[1]} px", _scene(effort.model, size_hw), _params(effort))


def _on_tensorflow(effort: Effort, key: str) -> Point:
    model = load_model(ModelRef(key))
    return _batch(key, lambda pictures: model.score_batch(pictures, "probability"))


def _on_openvino(effort: Effort, key: str) -> Point:
    load_model(ModelRef(key))  # converts it where that was not done yet
    forward = OpenvinoForward(converted_folder(model_facts(ModelRef(key))) / NETWORK, "f32")
    return _batch(key, lambda pictures: forward(pictures, "probability"))


def _batch(key: str, forward: Callable[[Floats], object]) -> Point:
    image = image_of(key)
    step = batch_size(image.shape[:2])
    pictures = np.repeat(image[None], step, axis=0)

    def work() -> None:
        for _ in range(BATCHES):
            forward(pictures)

    return Point(
        f"{key}, {image.shape[0]} x {image.shape[1]} px", BATCHES * step, work, lambda: forward(pictures)
    )


BATCHES = 8
CURVES = {
    "zones": Curve("zones and borders", (1, 5, 20, None), _by_zones),
    "grid": Curve("cells", (4, 8, 12), _by_grid),
    "designs": Curve("designs", (1, 2, 4), _by_designs),
    "size": Curve("size of the picture", ((128, 256), (256, 512)), _by_size),
    "tensorflow": Curve("TensorFlow", SHIPPED, _on_tensorflow),
    "openvino": Curve("OpenVINO f32", SHIPPED, _on_openvino),
}
GROWTH = ("zones", "grid", "designs", "size")
BACKENDS = ("tensorflow", "openvino")
ENVIRONMENT = {"tensorflow": {"VITRINE_BACKEND": "tensorflow"}}


def report(effort: Effort) -> str:
    """Run all curves: title, and a table for each."""
    parts = [_growth_table(name, _finishes([name], effort)[0]) for name in GROWTH]
    return (
        "\n\n".join([f"## {TITLE}", _remark(effort), *parts, _backend_table(_finishes(BACKENDS, effort))])
        + "\n"
    )


def _remark(effort: Effort) -> str:
    return (
        f"Sobol passes of {effort.model}; unless said otherwise {effort.grid} x {effort.grid} "
        f"cells, {effort.designs_of_curves} designs, "
        "all zones and borders. The points of a table are run in turn; medians, with least and greatest."
    )


def run_curve(name: str, effort: Effort) -> TimedTask:
    """A point in each lap, in turn."""
    curve = CURVES[name]
    points = [curve.point(effort, value) for value in curve.values[: effort.points]]

    def run(lap: int) -> Point:
        points[lap % len(points)].work()
        return points[lap % len(points)]

    return TimedTask(run, _label, lambda: [point.warm() for point in points])


def _label(point: Point) -> Answers:
    return {point.label: np.array([point.runs], np.float32)}


def _finishes(names: Sequence[str], effort: Effort) -> list[Finish]:
    """Curves with equally many points, against each other."""
    contestants = [
        Contestant(name, run_curve, {"name": name, "effort": effort}, ENVIRONMENT.get(name, {}))
        for name in names
    ]
    return run_contestants(contestants, effort.rounds * len(CURVES[names[0]].values[: effort.points]))


def _by_point(finish: Finish) -> dict[str, tuple[int, Reals]]:
    """Runs, and seconds (rounds,), of each point."""
    found: dict[str, tuple[int, list[float]]] = {}
    for lap, answers in zip(finish.laps, finish.answers, strict=True):
        for label, runs in answers.items():
            found.setdefault(label, (int(runs[0]), []))[1].append(lap.seconds)
    return {label: (runs, np.array(seconds)) for label, (runs, seconds) in found.items()}


def _growth_table(name: str, finish: Finish) -> str:
    title = CURVES[name].title
    if finish.failure:
        return f"{title}: did not run: {finish.failure}"
    points = _by_point(finish).items()
    rows = [
        [label, f"{runs:,}", spread(seconds), spread(1000 * seconds / runs, ".1f")]
        for label, (runs, seconds) in points
    ]
    return table((title, "runs", "seconds", "ms a run"), rows)


def _backend_table(finishes: Sequence[Finish]) -> str:
    """Milliseconds of a run on each backend."""
    failed = [finish.failure for finish in finishes if finish.failure]
    if failed:
        return f"Backends: did not run: {'; '.join(failed)}"
    columns = [_by_point(finish) for finish in finishes]
    rows = [
        [label, *(spread(1000 * column[label][1] / column[label][0]) for column in columns)]
        for label in columns[0]
    ]
    return table(("ms a run", *(CURVES[name].title for name in BACKENDS)), rows)
