"""Pure functions that workers run. The same functions run in process for the command line."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from importlib.metadata import PackageNotFoundError, version
from time import perf_counter
from typing import Any, ParamSpec, TypeVar

import numpy as np
from distributed import Reschedule, get_worker

from compute.base.errors import TaskError
from compute.base.logs import about, keep_out, trace_of
from compute.work.gradients import GradientMaps, GradientSpec
from compute.work.specs import SPACES, ChunkScores, PassSpec, Prediction, chunk_runs
from compute.work.summed import ChunkSums, SummedSpec
from compute.worker.summed_runs import runs_of
from compute.worker.workbench import workbench
from engine.arrays import Floats
from engine.batches import batch_size
from engine.errors import VitrineError
from engine.gradients.run import dense_weights, run_gradients
from engine.images.picture import Picture
from engine.perturbation.run import fit_picture
from engine.summed.run import run_summed
from engine.target_sets import TargetSet
from engine.zones import list_zones
from model_store.base.trials import TRIAL_HW
from model_store.catalogue import ModelRef

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
logger = logging.getLogger(__name__)

STARTED = "vitrine-started"
"""Topic on which a worker says which task it begins."""

LIBRARIES = (
    "numpy",
    "scipy",
    "scikit-image",
    "scikit-learn",
    "lime",
    "pillow",
    "tensorflow",
    "keras",
    "tf-keras",
    "transformers",
    "openvino",
)


def identity(value: Answer) -> Answer:
    """A value as a task, so that it can be made again when the worker that holds it dies."""
    return value


def guarded(task: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Let a task in a worker fail only with errors that the server can read: none of them drags TensorFlow
    there.
    """

    @wraps(task)
    def run(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        if not _announce():
            return task(*args, **kwargs)
        keep_out(*(value.name for value in args if isinstance(value, Picture)))
        try:
            with about(task=_task_key()):
                return task(*args, **kwargs)
        except Reschedule:
            raise
        except VitrineError as error:
            logger.info("%s: %s", task.__name__, error.text, exc_info=error.__cause__)
            failure = _bare(error)
        except Exception as error:
            failure = TaskError(trace_of(error))
        raise failure  # outside of "except": without the cause, whose class may belong to TensorFlow

    return run


def _bare(error: VitrineError) -> VitrineError:
    values = {
        name: value if isinstance(value, int | float | str) else str(value)
        for name, value in error.values.items()
    }
    return type(error)(error.text, **values)


def _announce() -> bool:
    """Tell watchers that this task has begun; False if there is no worker, because it runs in process."""
    key = _task_key()
    if key is not None:
        get_worker().log_event(STARTED, key[0] if isinstance(key, tuple) else key)
    return key is not None


def _task_key() -> Any:
    """The key of the task that runs, or None where no worker runs it."""
    try:
        return get_worker().get_current_task()
    except (ValueError, AttributeError):
        return None


@guarded
def warm_up(ref: ModelRef) -> str:
    """Load a model and let it look at nothing, before somebody waits for it, and begin what gradients need;
    gives its fingerprint.
    """
    model = workbench().model(ref)
    nothing = np.zeros((1, *model.input_size_hw(TRIAL_HW), 3), np.float32)
    for space in SPACES:
        model.score_batch(nothing, space)
    model.wake()
    return model.facts.fingerprint


@guarded
def predict(ref: ModelRef, picture: Picture) -> Prediction:
    """What the model answers, its zones, and the base score of each target; in a worker, what gradients need
    is begun for who asks next.
    """
    bench = workbench()
    model = bench.model(ref)
    input_hw = model.input_size_hw(picture.size_hw)
    image = fit_picture(picture, input_hw)
    outputs = {space: model.score_batch(image[None], space)[0] for space in SPACES}
    answer = outputs["probability"]
    segments = answer.ndim == 3
    zones = list_zones(answer, model.facts.labels) if segments else None
    scorer = bench.scorer(TargetSet(answer.shape, model.facts.labels, zones))
    seconds_per_run = bench.seconds_per_run(model, image)
    if _task_key() is not None:
        model.wake()
    return Prediction(
        facts=model.facts,
        picture_sha256=picture.sha256,
        input_hw=input_hw,
        output_shape=answer.shape,
        zones=zones,
        confidence=answer.max(axis=-1) if segments else None,
        class_scores=answer.mean(axis=(0, 1)) if segments else answer,
        base={space: scorer.score(output[None])[0] for space, output in outputs.items()},
        seconds_per_run=seconds_per_run,
        versions=_versions() | {"forward": model.backend.name},
        taps=model.taps,
        traits=model.traits,
        backend=model.backend,
    )


def _versions() -> dict[str, str]:
    """Versions of the libraries that can change a number, without importing them."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@guarded
def watch_layers(asked: GradientSpec, targets: TargetSet, picture: Picture) -> GradientMaps:
    """What layers say about some targets, by one forward and one backward of each; layers go by their own
    names here.
    """
    model = workbench().model(asked.ref)
    image = fit_picture(picture, model.input_size_hw(picture.size_hw))
    started = perf_counter()
    weights = dense_weights([targets.wanted(wanted) for wanted in asked.wanted], targets.output_shape)
    evidence = run_gradients(model, image, weights, asked.layers)
    return GradientMaps(evidence, perf_counter() - started)


@guarded
def sum_chunk(runs: tuple[int, int], spec: SummedSpec, targets: TargetSet, picture: Picture) -> ChunkSums:
    """What the runs of a summed pass from a first one to before a last one add; the layer goes by its own
    name here.
    """
    started = perf_counter()
    model = workbench().model(spec.ref)
    sums = run_summed(model, runs_of(model, spec, targets, picture), runs, leave_if_unwanted)
    return ChunkSums(*runs, sums, perf_counter() - started)


@guarded
def score_chunk(
    runs: tuple[int, int], spec: PassSpec, targets: TargetSet, picture: Picture, batches: tuple[int, ...] = ()
) -> ChunkScores:
    """Score the runs of a pass from a first one to before a last one under every target.

    On a machine that is busier than when it was measured, the chunk is cut into batches of about a second,
    and is left between two of them if nobody wants it any more. To do the same again, it can be told how it
    was cut.
    """
    started = perf_counter()
    prepared = workbench().prepared(spec, targets, picture)
    start, stop = runs
    parts: list[Floats] = []
    step = batch_size(prepared.perturber.fill.shape[:2])
    while start < stop:
        leave_if_unwanted()
        began, end = perf_counter(), min(start + (batches[len(parts)] if batches else step), stop)
        parts.append(prepared.scores(start, end))
        step = min(step, chunk_runs((perf_counter() - began) / (end - start)))
        start = end
    return ChunkScores(*runs, np.concatenate(parts), perf_counter() - started, tuple(map(len, parts)))


def leave_if_unwanted() -> None:
    """End the task that this thread runs if its last watcher has left."""
    try:
        worker = get_worker()
        task = worker.state.tasks.get(worker.get_current_task())
    except (ValueError, AttributeError):  # in process
        return
    if task is not None and task.state == "cancelled":
        raise Reschedule
