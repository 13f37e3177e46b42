"""Map that no method of explanation made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class PlainMap:
    """Values that no method of explanation made, such as what a channel makes of a picture.

    Attributes:
        values: float32 (rows, columns), raw.
        signed: whether their sign means something.
        label: what they are, in words.
    """

    values: npt.NDArray[np.float32]
    signed: bool
    label: str
    parts: None = None
