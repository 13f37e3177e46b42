"""Gradients by the picture at the picture itself, for every target at once, and the maps read off them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from engine.model import LoadedModel, ReluRule, TargetLayer
from engine.params import Params
from engine.summed.colours import read_colours, read_signed
from engine.summed.params import ColourParams, InputParams
from engine.summed.plan import Attribution, PassInput, Sums, SumSource, TargetSums, baseline

AT_ONCE = 4
"""Gradients in a batch: what each layer did has to be kept for all of them."""


def gradients_of(model: LoadedModel, pictures: Floats, weights: Floats, rule: ReluRule = "plain") -> Floats:
    """float32 (N, T, H, W, 3): derivatives of T targets by each of N pictures.

    Args:
        model: the model.
        pictures: float32 (N, H, W, 3), RGB 0-255.
        weights: float32 (T, *output).
        rule: what a ReLU lets pass.
    """
    picture, target = (place.ravel() for place in np.indices((len(pictures), len(weights))))
    parts = [slice(start, start + AT_ONCE) for start in range(0, len(picture), AT_ONCE)]
    found = [model.input_gradients(pictures[picture[part]], weights[target[part]], rule) for part in parts]
    return np.concatenate(found).reshape(len(pictures), len(weights), *pictures.shape[1:])


def step_of(inputs: PassInput) -> int:
    """Pictures that make about a batch of gradients."""
    return max(AT_ONCE // len(inputs.weights), 1)


@dataclass(frozen=True, eq=False)
class _GradientRun:
    """One gradient of each target.

    Attributes:
        inputs: picture and targets.
        rule: what a ReLU lets pass.
    """

    inputs: PassInput
    rule: ReluRule
    step: int = 1

    def add(self, model: LoadedModel, start: int, stop: int) -> Sums:
        return {
            "gradient": gradients_of(model, self.inputs.image[None], self.inputs.weights, self.rule)[
                0
            ].astype(np.float64)
        }


def _prepare(rule: ReluRule) -> Callable[[LoadedModel, PassInput, Params], _GradientRun]:
    return lambda model, inputs, params: _GradientRun(inputs, rule)


def _one(params: Params, target_layers: Sequence[TargetLayer]) -> int:
    return 1


PLAIN = SumSource("gradient", "logit", _prepare("plain"), _one)
GUIDED = SumSource("guided gradient", "logit", _prepare("guided"), _one)
DECONVNET = SumSource("deconvnet gradient", "logit", _prepare("deconvnet"), _one)


def gradient_size(seen: TargetSums, params: ColourParams) -> Attribution:
    """How far the logit would move with one step of a colour, in either direction; with the rule of guided
    backpropagation or of deconvnet the size of what comes back at each pixel.

    Saliency (Simonyan et al. 2013, https://arxiv.org/abs/1312.6034), guided backpropagation (Springenberg et
    al. 2014, https://arxiv.org/abs/1412.6806), deconvnet (Zeiler and Fergus 2013,
    https://arxiv.org/abs/1311.2901).
    """
    return read_colours(np.abs(seen.sums["gradient"]), params.colours)


def gradient_times_input(seen: TargetSums, params: InputParams) -> Attribution:
    """What each pixel would add to the logit against the baseline if the model were linear.

    Gradient times input (Shrikumar et al. 2016, https://arxiv.org/abs/1605.01713).
    """
    return read_signed(seen.sums["gradient"] * (seen.image - baseline(params.fill, seen.image, params.seed)))
