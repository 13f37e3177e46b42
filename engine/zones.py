"""Connected zones of a segmentation, listed once per picture."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from skimage import measure

from engine.arrays import AnyFloats, Ints
from engine.errors import TargetError
from engine.phrase import Phrase
from engine.targets import BorderTarget, SharedBorderTarget, ZoneTarget

SMALL_SHARE = 0.002
_THINGS = """
    vehicle human car person truck bus rider bicycle motorcycle train animal dog cat bird horse cow sheep
    """
THINGS = frozenset(_THINGS.split())
"""Names of classes that people look at first, in the data sets that models here are trained on."""


@dataclass(frozen=True)
class Zone:
    """Facts about one zone.

    Attributes:
        index: position in ``Zones.zones``, 0 for the largest.
        class_index: class of all its pixels.
        area: share of the picture, 0-1.
        probability: mean probability of its class over its pixels, 0-1.
        small: under ``SMALL_SHARE`` of the picture: offered, but a map of it says little.
    """

    index: int
    class_index: int
    area: float
    probability: float
    small: bool


@dataclass(frozen=True, eq=False)
class Zones:
    """All zones of one segmentation, largest first.

    Attributes:
        labels: int32 (h, w) at the model's output resolution: index of the zone of each pixel.
        zones: facts, in the order of their index.
        class_names: names of the model's classes.
    """

    labels: Ints
    zones: tuple[Zone, ...]
    class_names: tuple[str, ...]

    def at(self, point_rc: tuple[float, float]) -> Zone:
        """The zone under a point.

        Args:
            point_rc: row and column as shares of height and width, 0-1.

        Raises:
            TargetError: the point is outside the picture.
        """
        row, column = point_rc
        if not (0 <= row <= 1 and 0 <= column <= 1):
            raise TargetError(
                "The point lies outside the image. Rows and columns start at 0 in the top left corner."
            )
        height, width = self.labels.shape
        return self.zones[
            int(self.labels[min(int(row * height), height - 1), min(int(column * width), width - 1)])
        ]

    def title(self, index: int) -> Phrase:
        """Readable name of a zone within its class, such as "vehicle 2 of 4"; the only one is "sky"."""
        name = Phrase(self.class_names[self.zones[index].class_index])
        number, count = self._places[index]
        return (
            Phrase("{name} {number} of {count}", name=name, number=number, count=count) if count > 1 else name
        )

    @cached_property
    def _places(self) -> tuple[tuple[int, int], ...]:
        """Of each zone its number within its class, 1 for the largest, and how many that class has."""
        counts = Counter(zone.class_index for zone in self.zones)
        seen: Counter[int] = Counter()
        places = []
        for zone in self.zones:
            seen[zone.class_index] += 1
            places.append((seen[zone.class_index], counts[zone.class_index]))
        return tuple(places)

    def zone_target(self, index: int) -> ZoneTarget:
        """The target "mean score of the zone's class over the zone"."""
        if not 0 <= index < len(self.zones):
            raise TargetError(
                "Zone {index} does not exist: the image has {count}.",
                index=index + 1,
                count=len(self.zones),
            )
        return ZoneTarget(self.zones[index].class_index, self.labels == index, label=self.title(index))

    def border_target(self, index: int) -> BorderTarget:
        """The target "inside against outside of the zone's edge"."""
        return BorderTarget(
            self.zone_target(index), label=Phrase("boundary of {zone}", zone=self.title(index))
        )

    def shared_border_target(self, first: int, second: int) -> SharedBorderTarget:
        """The target "border between two touching zones"; the order of the two does not matter."""
        low, high = sorted((first, second))
        label = Phrase("boundary between {zone} and {other}", zone=self.title(low), other=self.title(high))
        return SharedBorderTarget(self.zone_target(low), self.zone_target(high), label=label)

    def foreground(self) -> int:
        """Index of the zone to begin with: the largest thing, as far as the names tell things from
        surroundings; else the largest zone that no edge of the picture cuts; else the largest.
        """
        large = [zone for zone in self.zones if not zone.small]
        things = [zone for zone in large if self.class_names[zone.class_index] in THINGS]
        inner = set(range(len(self.zones))) - set(np.unique(self._edges).tolist())
        candidates = things or [zone for zone in large if zone.index in inner] or self.zones
        return candidates[0].index

    @property
    def _edges(self) -> Ints:
        labels = self.labels
        return np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])

    @cached_property
    def touching(self) -> tuple[tuple[int, int], ...]:
        """Pairs (low, high) of zones that touch, 8-neighbours, without repetition."""
        labels = self.labels
        sides = (
            (labels[:, :-1], labels[:, 1:]),
            (labels[:-1], labels[1:]),
            (labels[:-1, :-1], labels[1:, 1:]),
            (labels[:-1, 1:], labels[1:, :-1]),
        )
        pairs = np.concatenate([np.stack([one.ravel(), other.ravel()], axis=1) for one, other in sides])
        pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
        return tuple((int(low), int(high)) for low, high in pairs)

    def neighbours(self, index: int) -> tuple[int, ...]:
        """Zones that touch this one."""
        return tuple(
            sorted({high if low == index else low for low, high in self.touching if index in (low, high)})
        )


def list_zones(probabilities: AnyFloats, class_names: tuple[str, ...]) -> Zones:
    """Connected zones (same class, 8-neighbours, as in Xplique) of a segmentation.

    Args:
        probabilities: float (h, w, C), the model's output for one picture.
        class_names: C names.

    Example:
        >>> probabilities = np.zeros((1, 4, 2))
        >>> probabilities[0, :, 0] = 0.9, 0.8, 0.7, 0.2
        >>> probabilities[..., 1] = 1 - probabilities[..., 0]
        >>> found = list_zones(probabilities, ("road", "sky"))
        >>> found.labels.tolist()  # the largest is zone 0
        [[0, 0, 0, 1]]
        >>> [(zone.class_index, zone.area, round(zone.probability, 3)) for zone in found.zones]
        [(0, 0.75, 0.8), (1, 0.25, 0.8)]
        >>> found.at((0.5, 0.99)).index, found.title(1), found.neighbours(0)
        (1, 'sky', (1,))
    """
    classes = np.argmax(probabilities, axis=-1)
    raw, count = measure.label(classes, connectivity=2, background=-1, return_num=True)
    sizes = np.bincount(raw.ravel(), minlength=count + 1)[1:]
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty(count, np.int32)
    rank[order] = np.arange(count, dtype=np.int32)
    labels = rank[raw - 1]
    winning = np.take_along_axis(probabilities, classes[..., None], axis=-1)[..., 0]
    means = np.bincount(labels.ravel(), winning.ravel(), minlength=count) / sizes[order]
    first = np.unique(labels, return_index=True)[1]
    areas = sizes[order] / labels.size
    facts = tuple(
        Zone(
            index,
            int(classes.ravel()[first[index]]),
            float(areas[index]),
            float(means[index]),
            bool(areas[index] < SMALL_SHARE),
        )
        for index in range(count)
    )
    return Zones(labels, facts, class_names)
