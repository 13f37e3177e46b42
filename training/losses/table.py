"""The table of losses, and sums of its rows such as ``cross_entropy + 2 dice``."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import keras
from keras import ops

from training.common.config import ConfigError
from training.losses import terms
from training.losses.terms import LossOptions

_TERM = re.compile(r"(?:(\d+(?:\.\d+)?)\s*\*?\s*)?([a-z_]+)")


@dataclass(frozen=True)
class SegmentationTerm:
    """A row of the table.

    Attributes:
        key: as written in configurations.
        loss: truth (P, C), logits (P, C) and options -> scalar.
        weighted: whether it reads the weights of the classes.
    """

    key: str
    loss: Callable[[Any, Any, LossOptions], Any]
    weighted: bool = False


LOSSES: Mapping[str, SegmentationTerm] = MappingProxyType(
    {
        row.key: row
        for row in (
            SegmentationTerm("cross_entropy", terms.pixel_cross_entropy),
            SegmentationTerm("weighted_cross_entropy", terms.weighted_cross_entropy, weighted=True),
            SegmentationTerm("dice", terms.dice),
            SegmentationTerm("weighted_dice", terms.weighted_dice, weighted=True),
            SegmentationTerm("focal", terms.focal, weighted=True),
            SegmentationTerm("tversky", terms.tversky),
            SegmentationTerm("lovasz", terms.lovasz),
        )
    }
)


def parse_loss(text: str) -> tuple[tuple[float, SegmentationTerm], ...]:
    """The weighted rows that a text names.

    >>> [(factor, term.key) for factor, term in parse_loss("cross_entropy + 2 dice")]
    [(1.0, 'cross_entropy'), (2.0, 'dice')]

    Raises:
        ConfigError: it is no sum of rows of the table.
    """
    found = [_TERM.fullmatch(part.strip()) for part in text.split("+")]
    if not all(match and match[2] in LOSSES for match in found):
        raise ConfigError(
            f"There is no loss {text!r}; write one of {', '.join(LOSSES)}, or a sum such as "
            "'cross_entropy + 2 dice'."
        )
    return tuple((float(match[1] or 1), LOSSES[match[2]]) for match in found if match)


class SegmentationLoss(keras.losses.Loss):  # type: ignore[misc]
    """A sum of rows of the table, for `compile`.

    The truth is ids (B, H, W), 255 where ignored, or one-hot or soft (B, H, W, C), zeros where ignored; the
    answer is logits (B, H, W, C).
    """

    def __init__(self, text: str, options: LossOptions | None = None) -> None:
        super().__init__(name="loss")
        self.parts, self.options = parse_loss(text), options or LossOptions()

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss, a scalar."""
        classes = y_pred.shape[-1]
        soft = len(y_true.shape) == len(y_pred.shape)
        truth = y_true if soft else ops.one_hot(ops.cast(y_true, "int32"), classes, dtype=y_pred.dtype)
        rows, logits = (ops.reshape(values, (-1, classes)) for values in (truth, y_pred))
        return sum(factor * row.loss(rows, logits, self.options) for factor, row in self.parts)
