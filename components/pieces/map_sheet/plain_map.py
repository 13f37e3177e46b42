"""Map that no method of explanation made."""

from dataclasses import dataclass

from engine.arrays import Floats


@dataclass(frozen=True, eq=False)
class PlainMap:
    """Values that no method of explanation made, such as what a channel makes of a picture.

    Attributes:
        values: float32 (rows, columns), raw.
        signed: whether their sign means something.
        label: what they are, in words.
    """

    values: Floats
    signed: bool
    label: str
    parts: None = None
