"""Targets of explanations: linear functionals of the model's output.

Because targets are linear, a batch of outputs is scored against all targets with one sparse product
(``Scorer``), so explaining every zone of a picture costs the same runs as explaining one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from engine.arrays import AnyFloats, Bools, Floats, LongInts, SmallInts
from engine.errors import TargetError

Entries = tuple[LongInts, Floats]
NEIGHBOURS_8 = np.ones((3, 3), bool)


@dataclass(frozen=True, eq=False)
class Target:
    """Base of all targets; equal when all their content is equal.

    Attributes:
        label: readable name, such as "vehicle 2 of 4".
    """

    label: str = field(kw_only=True, default="")

    def entries(self, shape: tuple[int, ...]) -> Entries:
        """Flat indices and weights of the functional on one output.

        Args:
            shape: shape of one model output, (C,) or (h, w, C).

        Raises:
            TargetError: the target does not fit this output.
        """
        raise TypeError(f"{type(self).__name__} has no entries")

    @property
    def masks(self) -> tuple[Bools, ...]:
        """The zones that it is about, each bool (h, w); none where it is about the whole picture."""
        return ()

    @property
    def digest(self) -> str:
        """sha256 over kind and content."""
        parts = hashlib.sha256(type(self).__name__.encode())
        for item in fields(self):
            value = getattr(self, item.name)
            parts.update(value.digest.encode() if isinstance(value, Target) else _content(value))
        return parts.hexdigest()

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def _content(value: object) -> bytes:
    if isinstance(value, np.ndarray):
        return str((value.shape, value.dtype)).encode() + np.ascontiguousarray(value).tobytes()
    return repr(value).encode() + b";"


@dataclass(frozen=True, eq=False)
class ClassTarget(Target):
    """Score of one class; on a segmentation output its mean over the picture.

    Example:
        >>> places, weights = ClassTarget(2).entries((4,))
        >>> places.tolist(), weights.tolist()
        ([2], [1.0])
        >>> places, weights = ClassTarget(0).entries((1, 2, 3))  # two pixels, three classes
        >>> places.tolist(), weights.tolist()
        ([0, 3], [0.5, 0.5])
    """

    index: int

    def entries(self, shape: tuple[int, ...]) -> Entries:
        classes = shape[-1]
        if not 0 <= self.index < classes:
            raise TargetError(
                "Class {index} does not exist: the model has classes 0 to {last}.",
                index=self.index,
                last=classes - 1,
            )
        flat = np.arange(self.index, int(np.prod(shape)), classes, dtype=np.int64)
        return flat, np.full(flat.size, 1.0 / flat.size, np.float32)


@dataclass(frozen=True, eq=False)
class ClassContrast(Target):
    """Why ``index`` rather than ``versus``: the difference of their scores.

    Example:
        >>> places, weights = ClassContrast(2, 0).entries((3,))
        >>> places.tolist(), weights.tolist()
        ([2, 0], [1.0, -1.0])
    """

    index: int
    versus: int

    def entries(self, shape: tuple[int, ...]) -> Entries:
        for_flat, for_weights = ClassTarget(self.index).entries(shape)
        against_flat, against_weights = ClassTarget(self.versus).entries(shape)
        return np.concatenate([for_flat, against_flat]), np.concatenate([for_weights, -against_weights])


@dataclass(frozen=True, eq=False)
class ZoneTarget(Target):
    """Mean score of a class over a zone.

    Attributes:
        class_index: channel of the output.
        mask: bool (h, w) at the model's output resolution, True inside the zone.

    Example:
        >>> zone = ZoneTarget(1, np.array([[True, True], [False, False]]))
        >>> places, weights = zone.entries((2, 2, 3))
        >>> places.tolist(), weights.tolist()  # class 1 of the upper two pixels
        ([1, 4], [0.5, 0.5])
    """

    class_index: int
    mask: Bools

    def __post_init__(self) -> None:
        if self.mask.ndim != 2 or self.mask.dtype != bool:
            raise TargetError(
                "A zone is a bool mask (height, width); received {shape}.", shape=self.mask.shape
            )
        if not self.mask.any():
            raise TargetError("The zone is empty: please select another one.")

    @property
    def masks(self) -> tuple[Bools, ...]:
        return (self.mask,)

    def entries(self, shape: tuple[int, ...]) -> Entries:
        return _weigh([(self.class_index, self.mask.astype(np.int8))], shape)


@dataclass(frozen=True, eq=False)
class BorderTarget(Target):
    """Inside the edge of a zone (+1) against outside of it (-1), for the zone's class.

    The score is the signed sum over the edge pixels divided by their number, as in Xplique's
    ``get_in_out_border`` (https://deel-ai.github.io/xplique/latest/api/attributions/semantic_segmentation/).
    """

    zone: ZoneTarget

    @property
    def masks(self) -> tuple[Bools, ...]:
        return self.zone.masks

    def __post_init__(self) -> None:
        if self.zone.mask.all():
            raise TargetError(
                "This zone fills the whole image, so it has no boundary. Please explain the zone itself."
            )

    def signs(self) -> SmallInts:
        """int8 (h, w): +1 on pixels of the zone that touch its outside (8-neighbours), -1 on outside pixels
        that touch it.

        Example:
            >>> BorderTarget(ZoneTarget(0, np.eye(1, 5, 2, dtype=bool))).signs().tolist()  # one pixel
            [[0, -1, 1, -1, 0]]
        """
        window = _around(self.zone.mask)
        inside = self.zone.mask[window]
        grown, shrunk = _grown(inside), ~_grown(~inside)
        signs = np.zeros(self.zone.mask.shape, np.int8)
        signs[window] = (inside & ~shrunk).astype(np.int8) - (grown & ~inside).astype(np.int8)
        return signs

    def entries(self, shape: tuple[int, ...]) -> Entries:
        return _weigh([(self.zone.class_index, self.signs())], shape)


@dataclass(frozen=True, eq=False)
class SharedBorderTarget(Target):
    """What decides the border that two touching zones share: each zone's class on its own side of it.

    Example:
        >>> left = ZoneTarget(0, np.array([[True, True, False, False]]))
        >>> right = ZoneTarget(1, ~left.mask)
        >>> places, weights = SharedBorderTarget(left, right).entries((1, 4, 2))
        >>> dense = np.zeros(8)
        >>> dense[places] = weights
        >>> dense.reshape(4, 2).T.tolist()  # class 0, then class 1, at the two pixels beside the border
        [[0.0, 0.25, -0.25, 0.0], [0.0, -0.25, 0.25, 0.0]]
    """

    zone_a: ZoneTarget
    zone_b: ZoneTarget

    @property
    def masks(self) -> tuple[Bools, ...]:
        return self.zone_a.masks + self.zone_b.masks

    def __post_init__(self) -> None:
        if self.zone_a.class_index == self.zone_b.class_index:
            raise TargetError(
                "The two zones have the same class: nothing separates them. Please select a zone "
                "of another class."
            )
        window = _around(self.zone_a.mask)
        if not (_grown(self.zone_a.mask[window]) & self.zone_b.mask[window]).any():
            raise TargetError("These two zones do not touch: please select a neighbouring zone.")

    def entries(self, shape: tuple[int, ...]) -> Entries:
        signs_a, signs_b = BorderTarget(self.zone_a).signs(), BorderTarget(self.zone_b).signs()
        common = (signs_a != 0) & (signs_b != 0)
        return _weigh(
            [(self.zone_a.class_index, signs_a * common), (self.zone_b.class_index, signs_b * common)], shape
        )


def _around(mask: Bools) -> tuple[slice, slice]:
    """Rows and columns that hold a mask and one pixel around it: morphology there costs what the zone is
    large.
    """
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return slice(max(rows[0] - 1, 0), rows[-1] + 2), slice(max(columns[0] - 1, 0), columns[-1] + 2)


def _grown(mask: Bools) -> Bools:
    """A mask and all its 8-neighbours."""
    from scipy import ndimage  # takes long to import, and pages need only the words of this module

    return np.asarray(ndimage.binary_dilation(mask, NEIGHBOURS_8))


def _weigh(channels: Sequence[tuple[int, SmallInts]], shape: tuple[int, ...]) -> Entries:
    """Entries of signed masks (h, w), one per class, divided by the number of pixels that count."""
    flats, weights = [], []
    for class_index, signs in channels:
        if shape[:2] != signs.shape or not 0 <= class_index < shape[-1]:
            raise TargetError(
                "The zone was made on an output of {zone}, the model gives {shape}. Please select "
                "the zone again.",
                zone=signs.shape,
                shape=shape,
            )
        pixels = np.flatnonzero(signs)
        flats.append(pixels * shape[-1] + class_index)
        weights.append(signs.ravel()[pixels].astype(np.float32))
    joined = np.concatenate(weights)
    return np.concatenate(flats).astype(np.int64), joined / np.float32(joined.size)


class Scorer:
    """Scores batches of outputs against many targets with one sparse product.

    Args:
        targets: T targets.
        shape: shape of one model output, (C,) or (h, w, C).

    Example:
        >>> scorer = Scorer([ClassTarget(0), ClassContrast(0, 1)], shape=(2,))
        >>> scorer.score(np.array([[3, 1], [0, 5]])).tolist()
        [[3.0, 2.0], [0.0, -5.0]]
    """

    def __init__(self, targets: Sequence[Target], shape: tuple[int, ...]) -> None:
        from scipy import sparse

        rows = [target.entries(shape) for target in targets]
        counts = [flat.size for flat, _ in rows]
        self._matrix = sparse.csr_array(
            (
                np.concatenate([weights for _, weights in rows]),
                np.concatenate([flat for flat, _ in rows]),
                np.concatenate([[0], np.cumsum(counts)]),
            ),
            shape=(len(rows), int(np.prod(shape))),
        )

    def score(self, outputs: AnyFloats) -> Floats:
        """float32 (N, T): the score of each of N outputs (N, ...) under each of T targets."""
        flat = np.asarray(outputs, np.float32).reshape(len(outputs), -1)
        return np.ascontiguousarray((self._matrix @ flat.T).T, dtype=np.float32)
