"""Maps, or features, of a data set in groups: one task in a worker."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from compute.measure.layout import FeatureTable, TableOrder
from compute.work.contract import Part
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
class StrategyOrder(TableOrder[MapClusters]):
    """Groups of maps (N, GRID * GRID), row by row."""

    kind: ClassVar[str] = "strategies"

    @property
    def run(self) -> Callable[..., MapClusters]:
        return group_maps


@guarded
def group_maps(_part: Part, asked: GroupSpec, features: FeatureTable) -> MapClusters:
    """Cluster maps."""
    return cluster_maps(features.values.reshape(-1, GRID, GRID), asked.seed)


@dataclass(frozen=True, eq=False)
class FeatureGroupOrder(TableOrder[FeatureGroups]):
    """Groups of features."""

    kind: ClassVar[str] = "groups"

    @property
    def run(self) -> Callable[..., FeatureGroups]:
        return group_features


@guarded
def group_features(_part: Part, asked: GroupSpec, features: FeatureTable) -> FeatureGroups:
    """Group features by density."""
    return feature_groups(features.values, asked.seed)
