"""What workers do to draw for filters."""

from __future__ import annotations

from time import perf_counter

from compute.work.filters import Glance
from compute.worker.tasks import guarded, leave_if_unwanted
from compute.worker.workbench import workbench
from engine.filters import OUTPUT, FilterParams, MaximisationState, start_maximisation
from engine.model import LoadedModel
from model_store.catalogue import ModelRef

CHUNK_SECONDS = 1.5
FIRST_STEPS = 2


@guarded
def start_drawing(
    ref: ModelRef, layer: str, channels: tuple[int, ...], params: FilterParams
) -> MaximisationState:
    """Grey and noise, looked at."""
    model = workbench().model(ref)
    canvas = start_maximisation(channels, canvas_hw(model, layer, params), params)
    return model.maximise(layer, canvas, params, 0)


@guarded
def go_on_drawing(
    canvas: MaximisationState, ref: ModelRef, layer: str, params: FilterParams
) -> MaximisationState:
    """The same pictures after as many steps as take a second or two; left between them if nobody wants them
    any more.
    """
    model, started, steps = workbench().model(ref), perf_counter(), FIRST_STEPS
    while canvas.step < params.steps and steps:
        leave_if_unwanted()
        began, steps = perf_counter(), min(steps, params.steps - canvas.step)
        canvas = model.maximise(layer, canvas, params, steps)
        now = perf_counter()
        steps = int(max(CHUNK_SECONDS - (now - started), 0) * steps / (now - began))
    return canvas


@guarded
def glance_at(canvas: MaximisationState) -> Glance:
    """What the server is told of the pictures."""
    return Glance(canvas.channels, canvas.step, canvas.pixels, canvas.activation)


def canvas_hw(model: LoadedModel, layer: str, params: FilterParams) -> tuple[int, int]:
    """Height and width of the pictures: a classifier names pictures of its own size only."""
    wanted = params.size, params.size
    return model.input_size_hw(wanted) if layer == OUTPUT and model.facts.task == "classification" else wanted
