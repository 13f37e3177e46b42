"""Gradient times input (Shrikumar et al. 2016, https://arxiv.org/abs/1605.01713)."""

from __future__ import annotations

from engine.summed.colours import read_signed
from engine.summed.gradient_runs import PLAIN
from engine.summed.params import InputParams
from engine.summed.plan import Reading, Seen, baseline

SOURCE = PLAIN


def read(seen: Seen, params: InputParams) -> Reading:
    """What each pixel would add to the logit against the baseline if the model were linear."""
    return read_signed(seen.sums["gradient"] * (seen.image - baseline(params.fill, seen.image, params.seed)))
