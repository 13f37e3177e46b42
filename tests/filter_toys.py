"""A toy that draws: what each channel looks for is known on paper."""

from dataclasses import replace

import numpy as np

from engine.filters import FilterParams, MaximisationState
from engine.model import Backend, ReceptiveField

SILENT = 1
"""The channel that never answers."""

FIELD: ReceptiveField = (0.25, 0.25, 0.25, 0.25)


class Painter:
    """Channel c looks for red, green or blue (c modulo 3): its colour grows with each step, its activation
    from (c + 1) / 10 by c + 1.
    """

    backend = gradient_backend = Backend()

    def preload(self) -> None:
        """Nothing needs to be made ahead."""

    def maximise(
        self, layer: str, state: MaximisationState, params: FilterParams, steps: int
    ) -> MaximisationState:
        getattr(self, "_run", lambda count: None)(len(state.channels) * steps)
        step = state.step + steps
        share = step / params.steps
        height, width = state.pixels.shape[1:3]
        pixels = np.full((len(state.channels), height, width, 3), 128, np.uint8)
        for place, channel in enumerate(state.channels.tolist()):
            pixels[place, ..., channel % 3] = round(128 + 100 * share)
        activation = (state.channels + 1) * (0.1 + share) * (state.channels != SILENT)
        return replace(state, step=step, pixels=pixels, activation=activation.astype(np.float32))

    def receptive_field(self, layer: str, size_hw: tuple[int, int]) -> ReceptiveField:
        return FIELD
