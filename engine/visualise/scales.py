"""Scales of explanations: of one map by itself, and one for several maps."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.explanation import Explanation
from engine.methods import get_method
from engine.visualise.render import Scale, own_scale, scale_of


def scale_for(explanation: Explanation) -> Scale:
    """The scale of one map by itself: of superpixels all weights."""
    make = own_scale if explanation.parts is None else scale_of
    return _directed(make(explanation.values, explanation.signed), explanation)


def common_scale(explanations: Sequence[Explanation]) -> Scale:
    """One scale for some maps, at least one, of one method."""
    first = explanations[0]
    values = np.concatenate([explanation.values.ravel() for explanation in explanations])
    return _directed(scale_of(values, first.signed), first)


def _directed(scale: Scale, explanation: Explanation) -> Scale:
    """A scale that knows which of its ends is the strong one."""
    return replace(scale, lowest_first=get_method(explanation.method).lowest_first(explanation.params))
