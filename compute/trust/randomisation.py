"""Randomisation tests over several images: each network is made once, and asked about all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from compute.work.contract import Price, Progress
from compute.work.predict import Prediction
from compute.work.sanity.asking import USUAL_NETWORKS, Networks, SanitySpec, asked_method
from compute.work.sanity.order import SanityOrder, SanityView
from engine.images.picture import Picture
from engine.method import Method
from engine.sanity.outcome import SanityOutcome
from engine.sanity.reading import outcome_of
from engine.target_sets import TargetIndex
from model_store.base.randomised import FULL
from model_store.catalogue import ModelRef

OnNetwork = Callable[[Progress], None]
"""Told how many networks have answered."""


@dataclass(frozen=True)
class RandomisationTest:
    """What is tested.

    Attributes:
        ref: the model.
        methods: of the table; each fits the model.
        networks: trained and random ones.
    """

    ref: ModelRef
    methods: tuple[Method, ...]
    networks: Networks = USUAL_NETWORKS

    def order(
        self, prediction: Prediction, picture: Picture, wanted: TargetIndex | None = None
    ) -> SanityOrder:
        """The order for one image.

        Args:
            prediction: of the trained model on the image.
            picture: the image.
            wanted: the target; the best class or the largest zone if None.

        Raises:
            VitrineError: a method does not fit the model, or there is no such target.
        """
        asked = tuple(asked_method(method) for method in self.methods)
        wanted = default_target(prediction) if wanted is None else wanted
        return SanityOrder(SanitySpec(self.ref, asked, wanted, self.networks), prediction, picture)


def default_target(prediction: Prediction) -> int:
    """Index of the best class, or of the largest zone."""
    return int(prediction.class_scores.argmax()) if prediction.zones is None else 0


def fitting(prediction: Prediction, methods: Sequence[Method]) -> tuple[Method, ...]:
    """The methods among some that fit a model."""
    return tuple(method for method in methods if prediction.why_not(method) is None)


def price_together(orders: Sequence[SanityOrder]) -> Price:
    """What orders of the same networks cost; making a network is counted for each image, which is too much
    rather than too little.
    """
    return sum((order.price for order in orders), start=Price(0))


def run_together(orders: Sequence[SanityOrder], on_network: OnNetwork) -> Sequence[SanityView]:
    """Orders of the same networks, done in this process; each network is loaded once.

    Raises:
        VitrineError: a network cannot be randomised.
    """
    views = [order.view(order.sheet()) for order in orders]
    for part in orders[0].spec.networks.parts:
        for order, view in zip(orders, views, strict=True):
            view.sheet.add(part, order.run(part, asked=order.asked, **order.shared))
        on_network(views[-1].progress())
    return views


def outcomes_together(views: Sequence[SanityView]) -> dict[str, SanityOutcome]:
    """The outcome of each method over all images, by key."""
    trials = [view.trials() for view in views]
    return {key: outcome_of(key, [some[key] for some in trials], FULL) for key in trials[0]}
