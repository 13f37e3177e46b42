"""Maps, or features, of a data set in groups: one task in a worker."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from compute.base.keys import FORMAT, digest_of
from compute.measure.layout import FeatureTable
from compute.work.contract import AnswerSheet, AnswerView, Order, Part, Price
from compute.worker.tasks import guarded
from engine.projection.groups import FeatureGroups, feature_groups
from engine.strategies.clusters import MapClusters, cluster_maps
from engine.strategies.preparing import GRID


@dataclass(frozen=True)
class GroupSpec:
    """What is asked.

    Attributes:
        seed: of everything drawn.
    """

    seed: int = 0


@dataclass(frozen=True, eq=False)
class StrategyOrder(Order[AnswerView[Any, MapClusters]]):
    """Groups of maps.

    Attributes:
        spec: the seed.
        maps: of the images, (N, GRID * GRID), row by row.
    """

    kind: ClassVar[str] = "strategies"

    spec: GroupSpec
    maps: FeatureTable

    @property
    def key(self) -> str:
        return f"strategies-{digest_of(FORMAT, 'strategies', self.spec.seed, self.maps.digest)}"

    @property
    def identity(self) -> Hashable:
        return self.spec, self.maps.digest

    @property
    def price(self) -> Price:
        return Price(1)

    @property
    def run(self) -> Callable[..., MapClusters]:
        return group_maps

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"maps": self.maps}

    def view(self, sheet: AnswerSheet) -> AnswerView[Any, MapClusters]:
        return AnswerView(self, sheet)


@guarded
def group_maps(_part: Part, asked: GroupSpec, maps: FeatureTable) -> MapClusters:
    """Cluster maps."""
    return cluster_maps(maps.values.reshape(-1, GRID, GRID), asked.seed)


@dataclass(frozen=True, eq=False)
class FeatureGroupOrder(Order[AnswerView[Any, FeatureGroups]]):
    """Groups of features.

    Attributes:
        spec: the seed.
        features: of the images.
    """

    kind: ClassVar[str] = "groups"

    spec: GroupSpec
    features: FeatureTable

    @property
    def key(self) -> str:
        return f"groups-{digest_of(FORMAT, 'groups', self.spec.seed, self.features.digest)}"

    @property
    def identity(self) -> Hashable:
        return self.spec, self.features.digest

    @property
    def price(self) -> Price:
        return Price(1)

    @property
    def run(self) -> Callable[..., FeatureGroups]:
        return group_features

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"features": self.features}

    def view(self, sheet: AnswerSheet) -> AnswerView[Any, FeatureGroups]:
        return AnswerView(self, sheet)


@guarded
def group_features(_part: Part, asked: GroupSpec, features: FeatureTable) -> FeatureGroups:
    """Group features by density."""
    return feature_groups(features.values, asked.seed)
