"""Replay of explanations: computed again by the same work, with the same runs in the same batches."""

from contextlib import AbstractContextManager
from typing import Any

from compute.replay.found_again import find_again
from compute.run.runners import Runner, Watch
from compute.work.contract import Order, Sheet
from compute.work.kinds import map_kind
from compute.work.maps import MapRequest, Recorded
from compute.work.predict import PredictOrder
from compute.worker.sources import model_source
from engine.errors import ModelError, ParamsError
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.methods import get_method
from engine.model import Backend
from engine.params import as_recorded
from engine.phrase import later
from model_store.catalogue import ModelRef
from settings import override, settings

PINNED = {"TensorFlow": "tensorflow", "OpenVINO bf16": "bf16"}
"""What the setting ``backend`` has to be for what ran a model; anything else is chosen by itself."""


class Replayer:
    """Computes explanations again; an order that several of them were read from is run once.

    Args:
        runner: who runs the orders.
        watch: opened while an order is under way.
    """

    def __init__(self, runner: Runner, watch: Watch) -> None:
        self._runner = runner
        self._watch = watch
        self._sheets: dict[str, Sheet] = {}

    def again(self, before: Explanation, picture: Picture) -> Explanation:
        """The explanation, computed anew.

        Raises:
            ModelError: the model is not there, or not the one that was explained.
            VitrineError: its target is gone, its parameters are not understood, or the work failed.
        """
        ref = ModelRef.parse(before.provenance.model)
        refuse_another_model(before, ref)
        with _backends_of(before):
            return self._computed(ref, before, picture)

    def _computed(self, ref: ModelRef, before: Explanation, picture: Picture) -> Explanation:
        prediction = self._run(PredictOrder(ref, picture)).result()
        method = get_method(before.method)
        params = as_recorded(method.params, before.params)
        wanted = find_again(before.target, prediction)
        request = MapRequest(ref, method, params, prediction, picture, (wanted,))
        recorded = Recorded(before.cost.forwards, before.provenance.schedule)
        view = self._run(map_kind(method).again(request, recorded))
        explanation: Explanation | None = view.explain(wanted, method.key, params)
        if explanation is None:
            raise ParamsError("The model evaluations behind the explanation give no map.")
        return explanation

    def _run(self, order: Order[Any]) -> Any:
        """What can be read off an order, which is run unless an equal one was."""
        if order.key not in self._sheets:
            with self._watch() as on_progress:
                self._sheets[order.key] = self._runner.run(order, on_progress).sheet
        return order.view(self._sheets[order.key])


def refuse_another_model(before: Explanation, ref: ModelRef) -> None:
    """Lets only the model pass that was explained.

    Raises:
        ModelError: there is no such model, or it has changed.
    """
    origin = before.provenance
    now = model_source().facts(ref).fingerprint
    if now != origin.fingerprint:
        text = later(
            "The model {model} is not the one that was explained: its fingerprint was {before}, now "
            "it is {now}."
        )
        raise ModelError(text, model=origin.model, before=origin.fingerprint[:12], now=now[:12])


def _backends_of(before: Explanation) -> AbstractContextManager[None]:
    """Let run a model what ran it before, and its gradients what computed them, unless the environment says
    otherwise; of records without that word TensorFlow computed them.
    """
    versions, given = before.provenance.versions, settings().model_fields_set
    pinned = {"backend": PINNED.get(versions.get("forward", ""), "")}
    if versions.get("gradient", Backend.name) == Backend.name:
        pinned["gradients"] = "tensorflow"
    return override(**{name: value for name, value in pinned.items() if value and name not in given})
