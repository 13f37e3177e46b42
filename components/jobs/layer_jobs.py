"""The gradient passes of a session: one forward and one backward answer for every layer and every gradient
method.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.jobs.desks import desk_for
from components.jobs.job_set import JobSet
from components.session.choice import Choice
from components.session.keys import LAYER_JOBS

if TYPE_CHECKING:
    from compute.scheduling.handles import GradientJob
    from compute.work.specs import Prediction
    from engine.target_sets import Wanted

USUAL, ALL = "usual", "all"
_JOBS = JobSet(LAYER_JOBS)


@dataclass(frozen=True, eq=False)
class LayerOrder:
    """What a gradient pass would be.

    Attributes:
        choice: model and picture.
        prediction: the model's answer on the picture.
        wanted: what is explained.
        layers: ``USUAL`` or ``ALL``.
    """

    choice: Choice
    prediction: Prediction
    wanted: tuple[Wanted, ...]
    layers: str = USUAL

    @property
    def key(self) -> tuple[object, ...]:
        """Equal keys are the same pass."""
        return self.prediction.facts.fingerprint, self.prediction.picture_sha256, self.wanted, self.layers


def watch_layers_only(orders: Sequence[LayerOrder]) -> None:
    """Leave all gradient passes of the session that the page does not show."""
    _JOBS.keep_only([order.key for order in orders])


def layer_job(order: LayerOrder) -> GradientJob | None:
    """The pass; it starts by itself."""
    picture = order.choice.picture
    counter = None if picture is None else desk_for(picture)
    if _JOBS.get(order.key) is None and counter is not None and picture is not None:
        from compute.work.gradients import GradientSpec

        spec = GradientSpec(order.choice.ref, order.wanted, (order.layers,))
        _JOBS.start(order.key, lambda: counter.start_gradients(spec, order.prediction, picture))
    return _JOBS.get(order.key)


def best_layer(prediction: Prediction) -> str:
    """The layer that suits the model best."""
    return next((tap.name for tap in prediction.taps if tap.best), "")


def usual_layers(prediction: Prediction) -> list[str]:
    """Layers that are worth looking at, from input to output."""
    return [tap.name for tap in prediction.taps if tap.usual or tap.best]
