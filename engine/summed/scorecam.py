"""Score-CAM (Wang et al. 2020, https://arxiv.org/abs/1910.01279)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from engine.batches import batch_size
from engine.gradients.plan import positive_part as keep_positive
from engine.gradients.target_layers import choose_target_layers
from engine.model import LoadedModel, TargetLayer
from engine.summed.params import ScoreCamParams
from engine.summed.plan import Attribution, PassInput, Sums, SumSource, TargetSums, baseline

FIRST = 2
"""Runs before those of the channels: one that reads the layer, one of the picture with everything hidden."""


@dataclass(frozen=True, eq=False)
class _MaskedRuns:
    """The picture seen through one channel after the other.

    Attributes:
        inputs: picture and targets.
        fill: float32 (H, W, 3), what hidden places show.
        channels: float32 (h, w, K), activations, those first that vary most.
    """

    inputs: PassInput
    fill: Floats
    channels: Floats

    @property
    def step(self) -> int:
        return batch_size((self.fill.shape[0], self.fill.shape[1]))

    def add(self, model: LoadedModel, start: int, stop: int) -> Sums:
        shown = self.channels[..., max(start - FIRST, 0) : max(stop - FIRST, 0)]
        hidden = (
            self._scores(model, self.fill[None])
            if start < FIRST <= stop
            else np.zeros((1, len(self.inputs.weights)))
        )
        sums: Sums = {
            "nothing": hidden[0].astype(np.float64),
            "seen": np.zeros((len(self.inputs.weights), *shown.shape[:2])),
        }
        sums["plain"] = np.broadcast_to(shown.sum(axis=-1, dtype=np.float64), sums["seen"].shape)
        if shown.size:
            masks = np.stack(
                [mask_of(channel, self.fill.shape[:2]) for channel in np.moveaxis(shown, -1, 0)]
            )[..., None]
            scores = self._scores(model, self.fill + masks * (self.inputs.image - self.fill))
            sums["seen"] = np.einsum("hwk,kt->thw", shown, scores, dtype=np.float64)
        return sums

    def _scores(self, model: LoadedModel, pictures: Floats) -> Floats:
        """(N, T): probabilities weighed as the targets say."""
        outputs = model.score_batch(pictures, "probability").reshape(len(pictures), -1)
        scores: Floats = outputs @ self.inputs.weights.reshape(len(self.inputs.weights), -1).T
        return scores


def mask_of(channel: Floats, size_hw: tuple[int, ...]) -> Floats:
    """float32 (H, W), 0 to 1: a channel (h, w) enlarged bilinearly and stretched to its own range; 0 where it
    is the same everywhere.

    Example:
        >>> mask_of(np.array([[-2, 0, 2]], np.float32), (1, 3)).tolist()
        [[0.0, 0.5, 1.0]]
    """
    from PIL import Image  # the table of methods knows this module

    large = np.asarray(
        Image.fromarray(channel).resize((size_hw[1], size_hw[0]), Image.Resampling.BILINEAR), np.float32
    )
    reach = float(np.ptp(large))
    return (large - large.min()) / reach if reach > 0 else np.zeros_like(large)


def _prepare(model: LoadedModel, inputs: PassInput, params: ScoreCamParams) -> _MaskedRuns:
    (target_layer,) = choose_target_layers(model.target_layers, [params.layer])
    activation = model.layer_gradients(inputs.image[None], np.zeros_like(inputs.weights[:1]), [target_layer])[
        target_layer
    ].activation[0]
    order = np.argsort(-activation.std(axis=(0, 1)), kind="stable")[: params.channels]
    return _MaskedRuns(inputs, baseline(params.fill, inputs.image, params.seed), activation[..., order])


def _count(params: ScoreCamParams, target_layers: Sequence[TargetLayer]) -> int:
    (name,) = choose_target_layers(target_layers, [params.layer])
    return FIRST + min(
        params.channels,
        next(target_layer.channels for target_layer in target_layers if target_layer.name == name),
    )


MASKED = SumSource(
    "score-cam",
    "probability",
    _prepare,
    _count,
    backwards=lambda runs: min(runs, 1),
    readable_after=FIRST + 1,
)


def scorecam(seen: TargetSums, params: ScoreCamParams) -> Attribution:
    """The channels, each weighted by a score, summed and cut off at zero."""
    nothing = float(seen.sums["nothing"]) if params.weighting == "increase" else 0.0
    cam = keep_positive((seen.sums["seen"] - nothing * seen.sums["plain"]).astype(np.float32), "for")
    return Attribution(cam.values, cam.figures, cam.warnings)
