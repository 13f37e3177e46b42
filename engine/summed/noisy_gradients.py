"""Gradients of noisy pictures and their squares, and the maps read off them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from engine.model import LoadedModel, TargetLayer
from engine.summed.colours import read_colours
from engine.summed.input_gradients import gradients_of, step_of
from engine.summed.params import NoiseParams
from engine.summed.plan import Attribution, PassInput, Sums, SumSource, TargetSums


@dataclass(frozen=True, eq=False)
class _NoisyRuns:
    """One noisy picture for each run; all targets see the same noise.

    Attributes:
        inputs: picture and targets.
        deviation: of the noise, in steps of a colour.
        seed: of the noise.
    """

    inputs: PassInput
    deviation: float
    seed: int

    @property
    def step(self) -> int:
        return step_of(self.inputs)

    def add(self, model: LoadedModel, start: int, stop: int) -> Sums:
        pictures = np.stack([self.inputs.image + self._noise(run) for run in range(start, stop)])
        gradients = gradients_of(model, pictures, self.inputs.weights).astype(np.float64)
        return {"gradient": gradients.sum(axis=0), "square": np.square(gradients).sum(axis=0)}

    def _noise(self, run: int) -> Floats:
        """The same for a run in whatever chunk it is done."""
        return (
            np.random.default_rng((self.seed, run))
            .normal(0, self.deviation, self.inputs.image.shape)
            .astype(np.float32)
        )


def _prepare(model: LoadedModel, inputs: PassInput, params: NoiseParams) -> _NoisyRuns:
    return _NoisyRuns(inputs, params.noise * float(np.ptp(inputs.image)), params.seed)


def _count(params: NoiseParams, target_layers: Sequence[TargetLayer]) -> int:
    return params.samples


NOISY = SumSource("gradients of noisy pictures", "logit", _prepare, _count, readable_after=2)


def smoothgrad(seen: TargetSums, params: NoiseParams) -> Attribution:
    """The size of the mean gradient.

    SmoothGrad (Smilkov et al. 2017, https://arxiv.org/abs/1706.03825).
    """
    return read_colours(np.abs(seen.sums["gradient"]) / seen.runs, params.colours)


def vargrad(seen: TargetSums, params: NoiseParams) -> Attribution:
    """How much the gradient at a pixel varies from one noisy picture to the next: the variance that the
    samples let expect.

    VarGrad (Adebayo et al. 2018, https://arxiv.org/abs/1810.03292).
    """
    squares = seen.sums["square"] - np.square(seen.sums["gradient"]) / seen.runs
    return read_colours(np.maximum(squares, 0) / (seen.runs - 1), params.colours)
