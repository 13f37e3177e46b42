"""What workers do to draw for filters, and to find what activates them in pictures."""

from __future__ import annotations

from time import perf_counter

import numpy as np

from compute.filters import Glance
from compute.tasks import guarded, leave_if_unwanted
from compute.workbench import workbench
from engine.filters import OUTPUT, Canvas, FilterParams, start_canvas
from engine.model import LoadedModel
from engine.perturbation.run import fit_picture
from engine.picture import Picture
from engine.visualise.patches import Peaks, peaks_of
from model_store.catalogue import ModelRef

CHUNK_SECONDS = 1.5
FIRST_STEPS = 2


@guarded
def start_drawing(ref: ModelRef, layer: str, channels: tuple[int, ...], params: FilterParams) -> Canvas:
    """Grey and noise, looked at."""
    model = workbench().model(ref)
    canvas = start_canvas(channels, canvas_hw(model, layer, params), params)
    return model.maximise(layer, canvas, params, 0)


@guarded
def go_on_drawing(canvas: Canvas, ref: ModelRef, layer: str, params: FilterParams) -> Canvas:
    """The same pictures after as many steps as take a second or two; left between them if nobody wants them any more."""
    model, started, steps = workbench().model(ref), perf_counter(), FIRST_STEPS
    while canvas.step < params.steps and steps:
        leave_if_unwanted()
        began, steps = perf_counter(), min(steps, params.steps - canvas.step)
        canvas = model.maximise(layer, canvas, params, steps)
        now = perf_counter()
        steps = int(max(CHUNK_SECONDS - (now - started), 0) * steps / (now - began))
    return canvas


@guarded
def glance_at(canvas: Canvas) -> Glance:
    """What the server is told of the pictures."""
    return Glance(canvas.channels, canvas.step, canvas.pixels, canvas.activation)


@guarded
def find_peaks(ref: ModelRef, layer: str, picture: Picture) -> Peaks:
    """Where in a picture each channel of a layer answers most."""
    model = workbench().model(ref)
    size_hw = model.input_size_hw(picture.size_hw)
    image = fit_picture(picture, size_hw)
    if layer == OUTPUT:
        logits = model.score_batch(image[None], "logit")[0]
        activation = logits if logits.ndim == 3 else logits[None, None]
    else:
        activation = model.features.look(image, layer).after
    return peaks_of(np.asarray(activation, np.float32), model.receptive_field(layer, size_hw))


def canvas_hw(model: LoadedModel, layer: str, params: FilterParams) -> tuple[int, int]:
    """Height and width of the pictures: a classifier names pictures of its own size only."""
    wanted = params.size, params.size
    return model.input_size_hw(wanted) if layer == OUTPUT and model.facts.task == "classification" else wanted
