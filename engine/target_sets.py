"""All targets that one pass answers, each made when it is asked for."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

from engine.arrays import Floats
from engine.errors import TargetError
from engine.phrase import Phrase
from engine.targets import ClassContrast, ClassTarget, Target
from engine.zones import Zones

TargetIndex = int | tuple[int, int]
"""What somebody wants explained: the index of a target, or of two classes, "the first in contrast with the
second".
"""


def column(scores: Floats, wanted: TargetIndex) -> Floats:
    """float32 (...): scores of what is wanted; of two classes their difference.

    Args:
        scores: float32 (..., T), one column for each target of a ``TargetSet``.
        wanted: a target, or two classes.

    Example:
        >>> import numpy as np
        >>> scores = np.array([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0]], np.float32)
        >>> column(scores, 1).tolist(), column(scores, (1, 0)).tolist()
        ([0.25, 1.0], [-0.25, 1.0])
    """
    if isinstance(wanted, tuple):
        index, versus = wanted
        return scores[..., index] - scores[..., versus]
    return scores[..., wanted]


@dataclass(frozen=True, eq=False)
class TargetSet(Sequence[Target]):
    """The targets of one prediction, in the order of the columns of a score matrix.

    Segmentation: the zones, then their borders, then the shared borders, then regions that somebody asks
    about besides; masks of targets that nobody asks for are never made. Classification: the classes.

    Attributes:
        output_shape: of one model output.
        labels: class names.
        zones: connected zones, or None for classification.
        regions: targets besides those of the zones, for segmentation.

    Example:
        >>> classes = TargetSet((3,), ("cat", "dog", "fox"), None)
        >>> len(classes), classes[2].label, classes.wanted((0, 1)).label
        (3, 'fox', 'cat in contrast with dog')
    """

    output_shape: tuple[int, ...]
    labels: tuple[str, ...]
    zones: Zones | None
    regions: tuple[Target, ...] = ()

    def __getstate__(self) -> dict[str, Any]:
        """Without what can be made again from the zones."""
        return {**self.__dict__, "zones": None if self.zones is None else replace(self.zones)}

    def __len__(self) -> int:
        if self.zones is None:
            return len(self.labels)
        return self._first_region + len(self.regions)

    @property
    def _first_region(self) -> int:
        return self._first_shared + (0 if self.zones is None else len(self.zones.touching))

    @property
    def _borders(self) -> int:
        count = 0 if self.zones is None else len(self.zones.zones)
        return count if count > 1 else 0

    @property
    def _first_shared(self) -> int:
        return self._borders + (0 if self.zones is None else len(self.zones.zones))

    @overload
    def __getitem__(self, index: int) -> Target: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Target]: ...
    def __getitem__(self, index: int | slice) -> Target | Sequence[Target]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        if self.zones is None:
            return ClassTarget(index, label=Phrase(self.labels[index]))
        kind, place = self._place(index)
        if kind == "region":
            return self.regions[place]
        if kind == "zone":
            return self.zones.zone_target(place)
        return (
            self.zones.border_target(place)
            if kind == "border"
            else self.zones.shared_border_target(*self.zones.touching[place])
        )

    def wanted(self, wanted: TargetIndex) -> Target:
        """The target of an index, or "A in contrast with B" of the indices of two classes.

        Raises:
            TargetError: there is no such target, or the two cannot be set against each other.
        """
        places = wanted if isinstance(wanted, tuple) else (wanted,)
        if not all(0 <= place < len(self) for place in places):
            raise TargetError(
                "There is no target {wanted}: this image has targets 0 to {last}.",
                wanted=wanted,
                last=len(self) - 1,
            )
        if not isinstance(wanted, tuple):
            return self[wanted]
        if self.zones is not None:
            raise TargetError(
                "Two zones cannot be contrasted. Please select one zone, or the boundary between two."
            )
        index, versus = wanted
        if index == versus:
            raise TargetError(
                "{label} cannot be contrasted with itself. Please select two classes.",
                label=Phrase(self.labels[index]),
            )
        label = Phrase(
            "{name} in contrast with {versus}",
            name=Phrase(self.labels[index]),
            versus=Phrase(self.labels[versus]),
        )
        return ClassContrast(index, versus, label=label)

    def _place(self, index: int) -> tuple[str, int]:
        count = self._first_shared - self._borders
        if index >= self._first_region:
            return "region", index - self._first_region
        if index < count:
            return "zone", index
        return (
            ("border", index - count)
            if index < self._first_shared
            else ("shared", index - self._first_shared)
        )

    def zones_of(self, wanted: TargetIndex) -> tuple[int, ...]:
        """The zones that a target is made of; none for classes and regions."""
        if self.zones is None or isinstance(wanted, tuple):
            return ()
        kind, place = self._place(wanted)
        if kind == "region":
            return ()
        return self.zones.touching[place] if kind == "shared" else (place,)

    def region(self, number: int) -> int:
        """Index of the target "this region", from 0 in the order of ``regions``.

        Raises:
            TargetError: there is no such region.
        """
        if not 0 <= number < len(self.regions):
            raise TargetError("Zone {zone} does not exist in this image.", zone=number + 1)
        return self._first_region + number

    def zone(self, zone: int) -> int:
        """Index of the target "this zone".

        Raises:
            TargetError: there is no such zone.
        """
        if self.zones is None or not 0 <= zone < len(self.zones.zones):
            raise TargetError("Zone {zone} does not exist in this image.", zone=zone + 1)
        return zone

    def border(self, zone: int) -> int:
        """Index of the target "border of this zone".

        Raises:
            TargetError: there is no such zone, or it fills the picture.
        """
        place = self.zone(zone)
        if not self._borders:
            raise TargetError(
                "This zone fills the whole image, so it has no boundary. Please explain the zone itself."
            )
        return self._first_shared - self._borders + place

    def shared_border(self, first: int, second: int) -> int:
        """Index of the target "border between two zones"; their order does not matter.

        Raises:
            TargetError: the two do not touch.
        """
        pair = tuple(sorted((self.zone(first), self.zone(second))))
        touching = self.zones.touching if self.zones else ()
        if pair not in touching:
            raise TargetError("These two zones do not touch: please select a neighbouring zone.")
        return self._first_shared + touching.index(pair)

    @property
    def digest(self) -> str:
        """Hex sha256: equal digests mean the same targets in the same order."""
        parts = hashlib.sha256(repr((self.output_shape, len(self.labels))).encode())
        if self.zones is not None:
            parts.update(repr([zone.class_index for zone in self.zones.zones]).encode())
            parts.update(self.zones.labels.tobytes())
        for region in self.regions:
            parts.update(region.digest.encode())
        return parts.hexdigest()
