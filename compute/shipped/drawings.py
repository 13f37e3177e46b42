"""Shipped feature visualizations: images of the first channels of each key layer, and what suits them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compute.work.filter_sheet import Drawing
from compute.work.filters import FilterOrder
from compute.work.predict import KnownModel, Making
from engine.filters import OUTPUT, FilterParams
from engine.model import ModelFacts, TargetLayer
from engine.visualise.patches import Peaks

FIRST_CHANNELS = 16
"""So many channels of a layer are shipped: the first page of the sheet."""


@dataclass(frozen=True)
class ModelOutline:
    """What is known of a shipped model before it is loaded.

    Attributes:
        facts: the model, with the present weights.
        input_hw: height and width in pixels at which it looked at a sample.
        seconds_per_run: of the machine that made the shipped files.
        target_layers: from input to output.
    """

    facts: ModelFacts
    input_hw: tuple[int, int]
    seconds_per_run: float
    target_layers: tuple[TargetLayer, ...]


@dataclass(frozen=True, eq=False)
class LayerDrawings:
    """The finished images of a layer.

    Attributes:
        drawings: by channel.
        peaks: where these channels answer most in each sample, by the digest of its pixels.
        made: when and on what.
    """

    drawings: Mapping[int, Drawing]
    peaks: Mapping[str, Peaks]
    made: Making

    def answers(self, order: FilterOrder, params: FilterParams) -> bool:
        """Whether an order, of the same model and layer, asks for these channels, drawn in this way."""
        return order.spec.params == params and self.drawings.keys() >= set(order.spec.channels)


def key_layers(model: KnownModel) -> tuple[str, ...]:
    """Layers whose images are shipped: those worth looking at, and the classes."""
    usual = [layer.name for layer in model.target_layers if layer.usual or layer.best]
    return *usual, OUTPUT


def first_channels(model: KnownModel, layer: str) -> tuple[int, ...]:
    """The channels of a layer that are shipped."""
    widths = {one.name: one.channels for one in model.target_layers} | {OUTPUT: len(model.facts.labels)}
    return tuple(range(min(FIRST_CHANNELS, widths[layer])))
