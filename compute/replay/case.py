"""An explanation that is to be computed again: what it was asked with, and how its runs were cut, as far as
that can be believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from compute.replay.found_again import find_again
from compute.work.schedule import Stretch
from compute.work.specs import MAX_TARGETS, Prediction
from engine.errors import TargetError
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.methods import get_method
from engine.params import Params, from_texts
from engine.target_sets import Wanted
from model_store.catalogue import ModelRef


@dataclass(frozen=True, eq=False)
class Again:
    """An explanation to be computed again.

    Attributes:
        before: as it was.
        picture: that it is about.
        prediction: of its model on it.
    """

    before: Explanation
    picture: Picture
    prediction: Prediction

    @property
    def ref(self) -> ModelRef:
        """The model."""
        return ModelRef.parse(self.before.provenance.model)

    @cached_property
    def wanted(self) -> Wanted:
        """What is explained."""
        return find_again(self.before.target, self.prediction)

    @property
    def params(self) -> Params:
        """Its parameters, checked."""
        return from_texts(get_method(self.before.method).params, self.before.params)

    @cached_property
    def together(self) -> tuple[Wanted, ...]:
        """What was asked at once; the target alone where that is not known or has changed."""
        schedule = self.before.provenance.schedule
        try:
            listed = [tuple(one) if isinstance(one, list) else one for one in schedule["targets"]]
            right = len(listed) <= MAX_TARGETS and listed[schedule["place"]] == self.wanted
            self.prediction.explained(listed)
        except (KeyError, TypeError, ValueError, IndexError, TargetError):
            return (self.wanted,)
        return tuple(listed) if right else (self.wanted,)

    @property
    def chunk(self) -> int | None:
        """Runs of a chunk of a summed pass, or None if that is not known."""
        found = self.before.provenance.schedule.get("chunk")
        return found if type(found) is int and found > 0 else None

    def stretches(self, runs: int) -> list[Stretch]:
        """The batches that were done, checked against the number of all runs; one stretch of single-handed
        batches if unknown.
        """
        found = self.before.provenance.schedule.get("batches")
        if _is_schedule(found, runs):
            return cast(list[Stretch], found)
        return [[0, min(max(self.before.cost.forwards, 1), runs), 1]]


def _is_schedule(found: Any, runs: int) -> bool:
    """Whether these are stretches of a pass of so many runs, one after the other."""
    if not isinstance(found, list) or not found:
        return False
    end = 0
    for stretch in found:
        if not (
            isinstance(stretch, list) and len(stretch) == 3 and all(type(number) is int for number in stretch)
        ):
            return False
        first, size, count = stretch
        if first < end or size < 1 or count < 1:
            return False
        end = first + size * count
    return end <= runs
