"""Registry of the kinds of long work: one row each."""

from collections.abc import Sequence
from typing import Any, cast

from compute.measure.checks import CheckOrder
from compute.measure.concepts.book import ConceptOrder
from compute.measure.examples.prototypes import PrototypeOrder
from compute.measure.grouping import FeatureGroupOrder, StrategyOrder
from compute.measure.layout import LayoutOrder
from compute.measure.tcav import TcavOrder
from compute.transfer.network_order import NetworkOrder
from compute.transfer.order import TransferOrder
from compute.work.concepts.image_concepts import ImageConceptOrder
from compute.work.contract import Order, Price
from compute.work.examples.counterfactual import CounterfactualOrder
from compute.work.features import FeatureOrder
from compute.work.filters import FilterOrder
from compute.work.gradient import GradientOrder
from compute.work.maps import MapOrder, MapRequest
from compute.work.measure import MeasureOrder
from compute.work.perturbation import PerturbationOrder
from compute.work.predict import PredictOrder
from compute.work.sanity.order import SanityOrder
from compute.work.single.answer_mask import AnswerMaskOrder
from compute.work.single.speed import SpeedOrder
from compute.work.summed import SummedOrder
from engine.method import Method

KINDS: dict[str, type[Order[Any]]] = {
    order.kind: order
    for order in (
        PredictOrder,
        PerturbationOrder,
        GradientOrder,
        SummedOrder,
        FeatureOrder,
        FilterOrder,
        MeasureOrder,
        LayoutOrder,
        StrategyOrder,
        FeatureGroupOrder,
        CheckOrder,
        ConceptOrder,
        TcavOrder,
        ImageConceptOrder,
        AnswerMaskOrder,
        SpeedOrder,
        CounterfactualOrder,
        PrototypeOrder,
        TransferOrder,
        NetworkOrder,
        SanityOrder,
    )
}


def map_kind(method: Method) -> type[MapOrder[Any]]:
    """The kind of work that a method's maps are read from."""
    return cast("type[MapOrder[Any]]", KINDS[method.work])


def orders_of(request: MapRequest) -> Sequence[MapOrder[Any]]:
    """The orders that answer a request.

    Raises:
        VitrineError: the method, its layer or a target does not fit.
    """
    return map_kind(request.method).of(request)


def price_of(request: MapRequest) -> Price:
    """What answering a request costs."""
    return sum((order.price for order in orders_of(request)), start=Price(0))


def map_kinds() -> list[str]:
    """Names of the kinds of work that end in attribution maps."""
    return [kind for kind, order in KINDS.items() if issubclass(order, MapOrder)]
