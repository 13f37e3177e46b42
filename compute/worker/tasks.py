"""Guard around all tasks of workers: they tell that they have begun, and fail alone, with sentences."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

from compute.base.errors import TaskError
from compute.base.logs import log_context, redact_names, trace_of
from compute.worker.under_way import under_way
from compute.worker.workbench import workbench
from engine.errors import VitrineError
from engine.images.picture import Picture
from engine.model import SPACES
from model_store.base.trials import TRIAL_HW
from model_store.catalogue import ModelRef

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
logger = logging.getLogger(__name__)

STARTED = "vitrine-started"
"""Topic on which a worker says which task it begins."""


def identity(value: Answer) -> Answer:
    """A value as a task, so that it can be made again when the worker that holds it dies."""
    return value


def guarded(task: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Let a task in a worker fail only with errors that the server can read without TensorFlow."""

    @wraps(task)
    def run(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        if not _announce():
            return task(*args, **kwargs)
        from distributed import Reschedule, get_worker

        redact_names(*(value.name for value in (*args, *kwargs.values()) if isinstance(value, Picture)))
        try:
            with log_context(task=task_key()), under_way(get_worker(), task_key()):
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
    from distributed import get_worker

    key = task_key()
    if key is not None:
        get_worker().log_event(STARTED, key[0] if isinstance(key, tuple) else key)
    return key is not None


def task_key() -> Any:
    """The key of the task that runs, or None where no worker runs it."""
    from distributed import get_worker

    try:
        return get_worker().get_current_task()
    except (ValueError, AttributeError):
        return None


def leave_if_unwanted() -> None:
    """End the task that this thread runs if its last subscriber has left."""
    from distributed import Reschedule, get_worker

    try:
        worker = get_worker()
        task = worker.state.tasks.get(worker.get_current_task())
    except (ValueError, AttributeError):  # in process
        return
    if task is not None and task.state == "cancelled":
        raise Reschedule


@guarded
def warm_up(ref: ModelRef) -> str:
    """Load a model and try it before somebody waits, begin what gradients need, and give its fingerprint."""
    model = workbench().model(ref)
    nothing = np.zeros((1, *model.input_size_hw(TRIAL_HW), 3), np.float32)
    for space in SPACES:
        model.score_batch(nothing, space)
    model.preload()
    return model.facts.fingerprint
