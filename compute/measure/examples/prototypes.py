"""Prototypes of a class of a data set: one task in a worker."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from compute.measure.layout import FeatureTable, TableOrder
from compute.work.contract import Part
from compute.worker.tasks import guarded
from data_store.base.words import Item
from engine.examples.prototypes import Prototypes, mmd_critic


@dataclass(frozen=True)
class PrototypeSpec:
    """What is asked.

    Attributes:
        prototypes, criticisms: how many.
        seed: of everything drawn.
    """

    prototypes: int = 6
    criticisms: int = 6
    seed: int = 0


@dataclass(frozen=True, eq=False)
class PrototypeOrder(TableOrder[Prototypes]):
    """Prototypes and criticisms of images by their features."""

    kind: ClassVar[str] = "prototypes"
    spec: PrototypeSpec

    @property
    def question(self) -> Any:
        return self.spec.prototypes, self.spec.criticisms, self.spec.seed

    @property
    def run(self) -> Callable[..., Prototypes]:
        return find_prototypes


@guarded
def find_prototypes(_part: Part, asked: PrototypeSpec, features: FeatureTable) -> Prototypes:
    """Choose among the images."""
    return mmd_critic(features.values, asked.prototypes, asked.criticisms, asked.seed)


Chosen = tuple[str, int, float]
"""Whether it is a prototype or a criticism, its place among all, and a value: of a prototype the discrepancy
that is left with it, of a criticism its witness.
"""


def chosen_of(found: Prototypes) -> Iterator[Chosen]:
    """Prototypes, then criticisms."""
    kinds = (
        ("prototype", found.prototypes, found.discrepancy),
        ("criticism", found.criticisms, found.witness),
    )
    for kind, places, values in kinds:
        for place, value in zip(places.tolist(), values.tolist(), strict=True):
            yield kind, place, value


def example_rows(items: Sequence[Item], labels: Sequence[str], found: Prototypes) -> list[dict[str, Any]]:
    """A row for each image that was chosen, as plain values.

    Args:
        items: that were chosen among.
        labels: classes of their data set.
        found: by places in ``items``.
    """
    rows = []
    for kind, place, value in chosen_of(found):
        item = items[place]
        label = None if item.label is None else labels[item.label]
        rows.append({"kind": kind, "image": item.id, "label": label, "value": value})
    return rows
