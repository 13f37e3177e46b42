"""What the maps of changed images say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.stability.changes import CHANGES, IN_BALL
from engine.stability.similarity import Likeness


@dataclass(frozen=True)
class Followed:
    """The map of one changed image beside that of the original.

    Attributes:
        change: key of the change.
        seed: of its chance.
        likeness: of the two maps, or None where the prediction was not kept.
        why: why it was not, in a sentence.
    """

    change: str
    seed: int
    likeness: Likeness | None
    why: str = ""


@dataclass(frozen=True)
class Stability:
    """How a map takes small changes of the image.

    Attributes:
        followed: all changed images, also those that did not keep the prediction and do not count.
    """

    followed: Sequence[Followed]

    def of(self, change: str) -> Likeness | None:
        """Mean likeness over the seeds of a change, or None where no image kept the prediction."""
        found = [one.likeness for one in self.followed if one.change == change and one.likeness is not None]
        return _mean(found) if found else None

    @property
    def mean(self) -> Likeness | None:
        """Mean over the changes that kept the prediction, each weighing alike; the small ball aside."""
        found = [likeness for key in CHANGES if (likeness := self.of(key)) is not None]
        return _mean(found) if found else None

    @property
    def max_sensitivity(self) -> float | None:
        """Largest change of the map over random images in a small ball, over the map's own length; a lower
        bound of the maximum (Yeh, Hsieh, Suggala, Inouye and Ravikumar 2019,
        https://arxiv.org/abs/1901.09392, who do not divide by the length). None where none kept the
        prediction.
        """
        found = [
            one.likeness.relative_change
            for one in self.followed
            if one.change == IN_BALL.key and one.likeness is not None
        ]
        return max(found) if found else None


def _mean(found: Sequence[Likeness]) -> Likeness:
    values = np.array([(one.ssim, one.rank, one.top, one.relative_change) for one in found]).mean(axis=0)
    return Likeness(*(float(value) for value in values))
