"""Prototypes of a class of a data set: one task in a worker."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from compute.measure.layout import FeatureTable, TableOrder
from compute.work.contract import Part
from compute.worker.tasks import guarded
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
