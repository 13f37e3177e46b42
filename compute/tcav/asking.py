"""Which images are asked for a test of concepts, and how its answers are read together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from compute.measure.concepts.images import places_in_split, some_images
from compute.measure.tcav import TcavOrder, TcavSpec, TcavTable
from compute.tcav.features import layer_rows
from compute.work.measure import MeasureView
from data_store.base.words import DataSet
from engine.arrays import AnyFloats
from engine.errors import DataSetError, TargetError
from engine.evaluation.slices import holm_adjusted
from engine.phrase import Phrase
from engine.targets import SharedBorderTarget, Target
from engine.tcav.testing import LEVEL, ConceptTest, TcavEffort, check_counts
from engine.zones import Zones

MOST_CONCEPT, MOST_RANDOM, MOST_TARGET = 60, 200, 50
"""Images of a concept, random ones, and those whose score is differentiated."""
HOLM_ROOM = 20
"""Draws for each test: so many that all of them can be significant together."""


@dataclass(frozen=True, eq=False)
class ConceptImages:
    """Images that are a concept together.

    Attributes:
        name: of the concept.
        data: the images.
        cells: that are kept of each image; none for all of it.
    """

    name: str
    data: DataSet
    cells: tuple[int, ...] = ()


def concept_of_class(data: DataSet, label: int, cells: tuple[int, ...] = ()) -> ConceptImages:
    """A class of a data set as a concept.

    Raises:
        DataSetError: it has no images.
    """
    places = [place for place, item in enumerate(data.items) if item.label == label]
    return ConceptImages(data.labels[label], some_images(data, places, MOST_CONCEPT), cells)


def concept_of_images(
    name: str, data: DataSet, ids: Collection[str] | None = None, cells: tuple[int, ...] = ()
) -> ConceptImages:
    """Some images of a data set, or all of them, as a concept.

    Raises:
        DataSetError: there are none.
    """
    places = [place for place, item in enumerate(data.items) if ids is None or item.id in ids]
    return ConceptImages(name, some_images(data, places, MOST_CONCEPT), cells)


def random_images(data: DataSet, split: str | None, concepts: Sequence[ConceptImages]) -> DataSet:
    """Images of a data set that are in none of the concepts.

    Raises:
        DataSetError: there are none left.
    """
    taken = {digest for one in concepts for digest in one.data.item_digests}
    places = [place for place in places_in_split(data, split) if data.item_digests[place] not in taken]
    if not places:
        raise DataSetError("All images of {title} are in the concepts.", title=data.title)
    return some_images(data, places, MOST_RANDOM)


def images_of_other_classes(data: DataSet, labels: Collection[int]) -> DataSet:
    """Images of the other classes of a data set.

    Raises:
        DataSetError: there are none.
    """
    places = [place for place, item in enumerate(data.items) if item.label not in labels]
    return some_images(data, places, MOST_RANDOM)


def refuse_few_images(concepts: Sequence[ConceptImages], random: DataSet) -> None:
    """Lets only so many images be asked that a test can say something.

    Raises:
        MapsError: there are too few.
    """
    for one in concepts:
        check_counts(len(one.data.items), len(random.items))


@dataclass(frozen=True, eq=False)
class LayerTables:
    """What is known of one target.

    Attributes:
        random: features of random images, a finished table.
        gradients: for each layer (M, F), of the target's images or of one zone.
    """

    random: MeasureView
    gradients: Sequence[AnyFloats]

    def orders(self, concepts: Sequence[MeasureView], effort: TcavEffort) -> list[TcavOrder]:
        """The tests of concepts, one for each layer.

        Raises:
            DataSetError: no image can be used.
        """
        found = list(zip(*map(layer_rows, concepts), strict=True))
        beside = zip(layer_rows(self.random), self.gradients, strict=True)
        return [
            TcavOrder(
                TcavSpec(effort), TcavTable(np.concatenate(rows), tuple(map(len, rows)), random, gradients)
            )
            for rows, (random, gradients) in zip(found, beside, strict=True)
        ]


def target_of_zones(zones: Zones | None, zone: int, other: int | None) -> Target:
    """A zone of an image, or its boundary with another; concepts of a boundary count in the first.

    Raises:
        TargetError: there are no zones, no such zone, or the two do not touch.
    """
    if zones is None:
        raise TargetError("This model does not segment, so it has no zones.")
    first = zones.zone_target(zone)
    if other is None:
        return first
    second = zones.zone_target(other)
    label = Phrase("boundary between {zone} and {other}", zone=first.label, other=second.label)
    return SharedBorderTarget(first, second, label=label)


def effort_for(tests: int, seed: int = 0) -> TcavEffort:
    """So many draws that every one of some tests can be significant after Holm.

    Example:
        >>> effort_for(1).draws, effort_for(30).draws
        (199, 599)
    """
    usual = TcavEffort(seed=seed)
    return replace(usual, draws=max(usual.draws, HOLM_ROOM * tests - 1))


@dataclass(frozen=True, eq=False)
class ConceptFinding:
    """One row of the table.

    Attributes:
        concept: its name.
        layer: its name.
        test: what was found.
        adjusted: p-value after Holm, over all tests of layers that know their concept; nan of the others.
    """

    concept: str
    layer: str
    test: ConceptTest
    adjusted: float

    @property
    def verdict(self) -> str:
        """Whether it speaks "for" or "against", is as random images ("none"), or "unknown" to the layer."""
        if not self.test.known:
            return "unknown"
        if not self.adjusted <= LEVEL:
            return "none"
        return "for" if self.test.mean > 0 else "against"

    def row(self) -> dict[str, Any]:
        """As plain values."""
        test = self.test
        return {
            "concept": str(self.concept),
            "layer": self.layer,
            "verdict": self.verdict,
            "share": test.share,
            "share_low": test.share_ends.low,
            "share_high": test.share_ends.high,
            "random_share": float(test.random_share.mean()),
            "mean": test.mean,
            "mean_low": test.mean_ends.low,
            "mean_high": test.mean_ends.high,
            "median": test.median,
            "effect": test.effect,
            "effect_low": test.effect_ends.low,
            "effect_high": test.effect_ends.high,
            "p": test.p_value,
            "p_holm": self.adjusted,
            "mann_whitney": test.mann_whitney,
            "accuracy": test.accuracy,
            "silent": test.silent,
        }


def after_holm(rows: Sequence[tuple[str, str, ConceptTest]]) -> list[ConceptFinding]:
    """Tests (concept, layer, test) of one question with p-values after Holm."""
    known = np.array([test.p_value if test.known else np.nan for _, _, test in rows], np.float64)
    adjusted = holm_adjusted(known).tolist()
    return [ConceptFinding(*row, p) for row, p in zip(rows, adjusted, strict=True)]
