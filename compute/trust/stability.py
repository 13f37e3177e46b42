"""Stability of a map: changed images, which of them keep the prediction, and what their maps say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from compute.trust.grading import strengths
from compute.work.contract import Price
from compute.work.kinds import orders_of
from compute.work.maps import MapOrder, MapRequest, MapView
from compute.work.predict import Prediction, PredictOrder
from engine.arrays import Bools
from engine.errors import TargetError
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.phrase import later
from engine.stability.changes import CHANGES, IN_BALL, Change
from engine.stability.similarity import likeness_of
from engine.stability.summary import Followed, Stability
from engine.target_sets import TargetIndex
from engine.targets import BorderTarget, SharedBorderTarget, ZoneTarget

SEEDS = 3
"""Images of a change that is due to chance."""
BALL_SEEDS = 5
LEAST_OVERLAP = 0.9
"""Intersection over union from which a zone counts as kept."""
OTHER_CLASS = later("The most likely class is another one.")
OTHER_ZONE = later("The zone is not the same any more.")
NO_REGION = later("Stability is not defined for this target.")
BORDERS = {ZoneTarget: "zone", BorderTarget: "border", SharedBorderTarget: "shared_border"}


@dataclass(frozen=True, eq=False)
class ChangedImage:
    """A changed image.

    Attributes:
        change: what was done.
        seed: of its chance.
        picture: the image.
    """

    change: Change
    seed: int
    picture: Picture


@dataclass(frozen=True, eq=False)
class FollowedImage:
    """A changed image and what stands for the target in it.

    Attributes:
        image: the changed image.
        wanted: the target there, or None where the prediction is not kept.
        order: its map, or None likewise.
        why: why it is not kept.
    """

    image: ChangedImage
    wanted: TargetIndex | None = None
    order: MapOrder[Any] | None = None
    why: str = ""


@dataclass(frozen=True, eq=False)
class StabilityRequest:
    """A map whose stability is asked for; the request has one target."""

    request: MapRequest

    @property
    def count(self) -> int:
        """How many images there are."""
        return sum(seeds for _change, seeds in _asked())

    @cached_property
    def images(self) -> tuple[ChangedImage, ...]:
        """The changed images; the same seeds every time."""
        return tuple(self._changed(change, seed) for change, seeds in _asked() for seed in range(seeds))

    def _changed(self, change: Change, seed: int) -> ChangedImage:
        picture = self.request.picture
        pixels = change.apply(picture.pixels, np.random.default_rng(seed))
        return ChangedImage(change, seed, Picture(pixels, picture.name))

    @cached_property
    def predictions(self) -> tuple[PredictOrder, ...]:
        """What the model answers for each of them."""
        return tuple(PredictOrder(self.request.ref, image.picture) for image in self.images)

    @property
    def price(self) -> Price:
        """At most: that of the map, for each image, and a run that finds out whether it counts."""
        one = sum((order.price for order in orders_of(self.request)), start=Price(0))
        run = Price(1, 0, self.request.prediction.seconds_per_run)
        return sum((one + run for _ in range(self.count)), start=Price(0))

    def followed(self, predictions: Sequence[Prediction]) -> tuple[FollowedImage, ...]:
        """Where the target is found again, and its map as it is asked of each changed image.

        Args:
            predictions: of the images, in their order.
        """
        return tuple(self._follow(*pair) for pair in zip(self.images, predictions, strict=True))

    def _follow(self, image: ChangedImage, prediction: Prediction) -> FollowedImage:
        asked = self.request
        try:
            wanted = kept_target(asked.prediction, prediction, asked.wanted[0], image.change)
        except TargetError as error:
            return FollowedImage(image, why=error.text)
        again = MapRequest(
            asked.ref, asked.method, asked.params, prediction, image.picture, (wanted,), asked.shared
        )
        return FollowedImage(image, wanted, orders_of(again)[0])

    def stability(
        self,
        explanation: Explanation,
        followed: Sequence[FollowedImage],
        views: Sequence[MapView[Any, Any] | None],
    ) -> Stability:
        """What the maps say.

        Args:
            explanation: the map of the original image.
            followed: as ``followed`` gave them.
            views: finished, of their orders; None where there is none.
        """
        return Stability([self._read(explanation, *pair) for pair in zip(followed, views, strict=True)])

    def _read(self, explanation: Explanation, one: FollowedImage, view: MapView[Any, Any] | None) -> Followed:
        key, seed = one.image.change.key, one.image.seed
        asked = self.request
        found = (
            None
            if view is None or one.wanted is None
            else view.explain(one.wanted, asked.method.key, asked.params)
        )
        if found is None:
            return Followed(key, seed, None, one.why)
        back = one.image.change.laid_back(strengths(found))
        return Followed(key, seed, likeness_of(strengths(explanation), back))


def _asked() -> list[tuple[Change, int]]:
    """Each change, and how many images it makes."""
    return [*((change, SEEDS if change.chance else 1) for change in CHANGES.values()), (IN_BALL, BALL_SEEDS)]


def kept_target(before: Prediction, after: Prediction, wanted: TargetIndex, change: Change) -> TargetIndex:
    """What stands for a target in the prediction of a changed image.

    A class counts as kept while the most likely class is the same; a zone, or the zones of a boundary, while
    a zone of its class overlaps it by 0.9 once the image is laid back.

    Raises:
        TargetError: it is not kept.
    """
    if before.zones is None:
        if int(np.argmax(before.class_scores)) != int(np.argmax(after.class_scores)):
            raise TargetError(OTHER_CLASS)
        return wanted
    name = BORDERS.get(type(before.targets.wanted(wanted)))
    if name is None:
        raise TargetError(NO_REGION)
    found = [_found_zone(before, after, zone, change) for zone in before.targets.zones_of(wanted)]
    index: int = getattr(after.targets, name)(*found)
    return index


def _found_zone(before: Prediction, after: Prediction, zone: int, change: Change) -> int:
    assert before.zones is not None
    if after.zones is None or after.output_shape != before.output_shape:
        raise TargetError(OTHER_ZONE)
    mask, same = before.zones.labels == zone, before.zones.zones[zone].class_index
    for place, candidate in enumerate(after.zones.zones):
        if candidate.class_index == same and _overlap(mask, after.zones.labels == place, change):
            return place
    raise TargetError(OTHER_ZONE)


def _overlap(mask: Bools, other: Bools, change: Change) -> bool:
    """Whether a zone, laid back, overlaps a mask by enough, where both are known."""
    back = change.laid_back(other.astype(np.float32))
    known = np.isfinite(back)
    there = np.repeat(mask, back.shape[1] // mask.shape[1], axis=1) & known
    here = np.nan_to_num(back) > 0.5
    union = int((there | here).sum())
    return bool(union) and int((there & here).sum()) >= LEAST_OVERLAP * union
