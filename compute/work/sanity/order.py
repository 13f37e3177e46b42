"""Order of the randomisation test on one image: each part asks one network, trained or random."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from compute.base.keys import FORMAT, digest_of
from compute.work.contract import BACKGROUND, Order, Price, View
from compute.work.predict import Prediction
from compute.work.sanity.asking import TRAINED, SanitySpec
from compute.work.sanity.maps import maps_of_network, passes_of, request_of
from compute.work.sanity.sheet import MapsOfMethods, SanitySheet
from engine.errors import ParamsError
from engine.images.picture import Picture
from engine.sanity.outcome import SanityOutcome
from engine.sanity.reading import MapTrial, outcome_of
from model_store.base.randomised import FULL

VERSION = 1
NETWORK_SECONDS, NETWORK_RUNS = 3.0, 600
"""What a network costs before it answers: seconds, and the time of so many runs for what gradients need."""


class SanityView(View["SanityOrder", SanitySheet]):
    """What can be said of each method, as far as networks have answered."""

    def trials(self) -> dict[str, MapTrial]:
        """The maps of each method; none before the trained network has answered."""
        maps: Mapping[Any, MapsOfMethods] = self.sheet.maps
        if TRAINED not in maps:
            return {}
        random = {part: found for part, found in maps.items() if part != TRAINED}
        return {
            one.key: MapTrial(
                maps[TRAINED][one.key], {part: found[one.key] for part, found in random.items()}
            )
            for one in self.order.spec.asked
        }

    def outcomes(self) -> dict[str, SanityOutcome]:
        """The outcome of each method on this image alone."""
        return {key: outcome_of(key, [trial], FULL) for key, trial in self.trials().items()}


@dataclass(frozen=True, eq=False)
class SanityOrder(Order[SanityView]):
    """A randomisation test on one image.

    All networks are asked about the same target: for a zone, the pixels where the trained model sees it.

    Attributes:
        spec: what is asked.
        prediction: of the trained model on the image.
        picture: the image.
    """

    kind: ClassVar[str] = "sanity"
    priority: ClassVar[int] = BACKGROUND
    chunked: ClassVar[bool] = True

    spec: SanitySpec
    prediction: Prediction
    picture: Picture

    def __post_init__(self) -> None:
        if not self.spec.asked or self.spec.ref.randomised is not None:
            raise ParamsError("The randomisation test needs a trained model and at least one method.")
        for one in self.spec.asked:
            self.prediction.refuse_other(self.spec.ref, self.picture, one.about)
        self.prediction.explained([self.spec.wanted])

    @cached_property
    def key(self) -> str:
        spec, (target,) = self.spec, self.prediction.explained([self.spec.wanted])
        asked = [[one.key, one.params.spoken()] for one in spec.asked]
        digest = digest_of(
            FORMAT,
            VERSION,
            self.prediction.facts.fingerprint,
            self.picture.sha256,
            target.digest,
            asked,
            spec.networks.parts,
        )
        return f"sanity-{digest}"

    @property
    def identity(self) -> Hashable:
        return self.prediction.facts.fingerprint, self.picture.sha256, self.spec

    @cached_property
    def price(self) -> Price:
        networks = len(self.spec.networks.parts)
        requests = [request_of(self.spec, one, self.prediction, self.picture) for one in self.spec.asked]
        once = sum((order.price for request in requests for order in passes_of(request)), start=Price(0))
        before = NETWORK_SECONDS + NETWORK_RUNS * self.prediction.seconds_per_run
        return Price(networks * once.runs, networks * once.gradients, networks * (once.seconds + before))

    @property
    def run(self) -> Callable[..., MapsOfMethods]:
        return maps_of_network

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"targets": self.prediction.targets, "picture": self.picture}

    def sheet(self) -> SanitySheet:
        return SanitySheet(self.spec.networks.parts, self.price)

    def view(self, sheet: SanitySheet) -> SanityView:
        return SanityView(self, sheet)
