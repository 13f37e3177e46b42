"""Feature visualisation: images made so that a channel answers to them, drawn batch by batch."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from time import perf_counter
from typing import ClassVar

import numpy as np

from compute.base.keys import FORMAT, digest_of
from compute.base.store import ResultStore
from compute.work.contract import Order, Part, Price, View
from compute.work.filter_sheet import Drawing, FilterSheet, Snapshot, find_drawings, keep_drawings
from compute.work.maps import GRADIENT_RUNS
from compute.work.predict import KnownModel
from compute.worker.tasks import guarded, leave_if_unwanted
from compute.worker.workbench import workbench
from engine.errors import ParamsError
from engine.filters import OUTPUT, FilterParams, MaximisationState, start_maximisation
from engine.gradients.target_layers import choose_target_layers
from engine.model import LoadedModel, ModelFacts
from engine.phrase import later
from model_store.catalogue import ModelRef

BATCH_PIXELS = 32 * 96 * 96
"""Of all pictures in a batch: what the network makes of them stays below half a gigabyte."""

CLASSIFIER_SIDE = 256
"""About the side at which classifiers look at pictures."""

PART_SECONDS = 1.5
FIRST_STEPS = 2
MAX_CHANNELS = 512
MAX_BATCH = 64


@dataclass(frozen=True)
class FilterSpec:
    """Channels of a layer that pictures are to be drawn for.

    Attributes:
        ref: the model.
        layer: name of a target layer, ``BEST`` for the best one, or ``OUTPUT`` for classes.
        channels: numbers from 0, each once.
        params: how they are drawn.
        directions: weights of the layer's channels; where there are any, ``channels`` are numbers of these.
    """

    ref: ModelRef
    layer: str
    channels: tuple[int, ...]
    params: FilterParams = field(default_factory=FilterParams)
    directions: tuple[tuple[float, ...], ...] = ()


class FilterView(View["FilterOrder", FilterSheet]):
    """Images as far as they are drawn."""

    def drawings(self) -> dict[int, Drawing]:
        """The images so far by channel, in the order in which they were asked for."""
        drawn = dict(self.sheet.drawings)
        return {channel: drawn[channel] for channel in self.order.spec.channels if channel in drawn}


@dataclass(frozen=True, eq=False)
class FilterOrder(Order[FilterView]):
    """Pictures for some channels of a model that is known.

    Attributes:
        spec: what is asked.
        model: what is known of it, such as its prediction of any image.

    Raises:
        ModelError: there is no such layer.
        ParamsError: there is no such channel, or none, or too many are asked for.
    """

    kind: ClassVar[str] = "filters"
    grows: ClassVar[bool] = True

    spec: FilterSpec
    model: KnownModel

    def __post_init__(self) -> None:
        last = (len(self.spec.directions) or self.width) - 1
        if any(len(weights) != self.width for weights in self.spec.directions):
            raise ValueError(f"a direction of {self.layer} has {self.width} weights")
        wrong = [channel for channel in self.spec.channels if not 0 <= channel <= last]
        if wrong:
            text = later(
                "The layer {layer} has the channels 0 to {last}; received {channel}. Please select others."
            )
            raise ParamsError(text, layer=self.layer, last=last, channel=wrong[0])
        if not 0 < len(set(self.spec.channels)) == len(self.spec.channels) <= MAX_CHANNELS:
            text = later(
                "Feature visualizations take 1 to {most} channels at a time, each once; received {count}."
            )
            raise ParamsError(text, most=MAX_CHANNELS, count=len(self.spec.channels))

    @property
    def facts(self) -> ModelFacts:
        """The model."""
        return self.model.facts

    @cached_property
    def layer(self) -> str:
        """The layer's own name."""
        return (
            OUTPUT
            if self.spec.layer == OUTPUT
            else choose_target_layers(self.model.target_layers, [self.spec.layer])[0]
        )

    @property
    def width(self) -> int:
        """How many channels the layer has."""
        if self.layer == OUTPUT:
            return len(self.facts.labels)
        return next(layer.channels for layer in self.model.target_layers if layer.name == self.layer)

    @property
    def own_size(self) -> bool:
        """Whether the pictures have the model's own size: a classifier names no others."""
        return self.layer == OUTPUT and self.facts.task == "classification"

    @property
    def side(self) -> int:
        """About so many pixels has a side of an image."""
        return self.model.input_hw[0] if self.own_size else self.spec.params.size

    @property
    def price(self) -> Price:
        """At most about this: as if all of the network were run."""
        steps = len(self.spec.channels) * self.spec.params.steps
        height, width = self.model.input_hw
        seconds_per_run = self.model.seconds_per_run * self.side**2 / (height * width)
        return Price(steps, steps, steps * GRADIENT_RUNS * seconds_per_run)

    def key_of(self, channel: int) -> str:
        """Hex digest: equal keys give equal pictures, whatever is drawn beside them, up to rounding."""
        what = list(self.spec.directions[channel]) if self.spec.directions else channel
        return digest_of(
            FORMAT, "filters", self.facts.fingerprint, self.layer, what, self.spec.params.as_dict()
        )

    @cached_property
    def key(self) -> str:
        return f"filters-{digest_of([self.key_of(channel) for channel in self.spec.channels])}"

    @property
    def identity(self) -> Hashable:
        return self.key

    @property
    def run(self) -> Callable[..., MaximisationState]:
        return draw

    @property
    def asked(self) -> FilterSpec:
        """The spec with the layer's own name."""
        return replace(self.spec, layer=self.layer, channels=())

    @property
    def snapshot(self) -> Callable[[MaximisationState], Snapshot]:
        return snapshot_of

    def sheet(self) -> FilterSheet:
        return FilterSheet(self, {})

    def view(self, sheet: FilterSheet) -> FilterView:
        return FilterView(self, sheet)

    def find(self, store: ResultStore | None) -> FilterSheet:
        return FilterSheet(self, find_drawings(store, self))

    def keep(self, store: ResultStore | None, sheet: FilterSheet) -> None:
        keep_drawings(store, sheet)

    def batches(self, drawn: Mapping[int, Drawing]) -> list[tuple[int, ...]]:
        """Channels that are not drawn yet, in groups that are drawn together."""
        missing = [channel for channel in self.spec.channels if channel not in drawn]
        side = CLASSIFIER_SIDE if self.own_size else self.spec.params.size
        size = int(np.clip(BATCH_PIXELS // side**2, 1, MAX_BATCH))
        return [tuple(missing[first : first + size]) for first in range(0, len(missing), size)]


@guarded
def draw(part: Part, before: MaximisationState | None, asked: FilterSpec) -> MaximisationState:
    """Grey and noise, looked at; or the same images after as many steps as take a second or two.

    Left between steps if nobody wants them any more.
    """
    model, params = workbench().model(asked.ref), asked.params
    if before is None:
        directions = [asked.directions[channel] for channel in part[0]] if asked.directions else ()
        canvas = start_maximisation(part[0], canvas_hw(model, asked.layer, params), params, directions)
        return model.maximise(asked.layer, canvas, params, 0)
    canvas, began, steps = before, perf_counter(), FIRST_STEPS
    while canvas.step < params.steps and steps:
        leave_if_unwanted()
        step_began, steps = perf_counter(), min(steps, params.steps - canvas.step)
        canvas = model.maximise(asked.layer, canvas, params, steps)
        now = perf_counter()
        steps = int(max(PART_SECONDS - (now - began), 0) * steps / (now - step_began))
    return canvas


@guarded
def snapshot_of(canvas: MaximisationState) -> Snapshot:
    """What the server is told of the images."""
    return Snapshot(canvas.channels, canvas.step, canvas.pixels, canvas.activation)


def canvas_hw(model: LoadedModel, layer: str, params: FilterParams) -> tuple[int, int]:
    """Height and width of the images: a classifier names images of its own size only."""
    size_hw = params.size, params.size
    own_size = layer == OUTPUT and model.facts.task == "classification"
    return model.input_size_hw(size_hw) if own_size else size_hw
