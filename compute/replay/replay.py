"""Replay of explanations: computed again by the same work, with the same runs in the same batches."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from typing import Any

from compute.replay.found_again import find_again
from compute.run.runners import Runner, Watch
from compute.trust.grading import GradeRequest, strengths
from compute.trust.paid import paid_fidelity
from compute.work.contract import Order, Sheet
from compute.work.kinds import map_kind
from compute.work.maps import MapRequest, Recorded
from compute.work.perturbation import PerturbationOrder
from compute.work.predict import PredictOrder
from compute.worker.sources import model_source
from engine.errors import GradeError, ModelError, ParamsError
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.methods import get_method
from engine.model import OPENVINO_BF16, Backend
from engine.params import as_recorded
from engine.perturbation.plan import PerturbationMethod
from engine.phrase import later
from engine.trust.metric import Grade, JudgingPass
from engine.trust.pass_params import CommonParams
from engine.trust.tables.columns import FIDELITY
from engine.trust.tables.judging import fidelity_grade
from model_store.catalogue import ModelRef
from settings import override, settings

PINNED = {"TensorFlow": "tensorflow", OPENVINO_BF16: "bf16"}
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
        refuse_another_model(before.provenance.model, before.provenance.fingerprint)
        with _backends_of(before):
            return self._computed(ref, before, picture)

    def graded(
        self, before: Explanation, now: Explanation, picture: Picture, recorded: Mapping[str, Grade]
    ) -> dict[str, Grade]:
        """The grades of a map that was computed again, by the passes that told those on record.

        Args:
            before: the map on record.
            now: the same, computed again.
            picture: its image.
            recorded: grades of the map before; those without a judge are left out.

        Raises:
            VitrineError: a pass is not understood, or the work failed.
        """
        ref = ModelRef.parse(before.provenance.model)
        with _backends_of(before):
            prediction = self._run(PredictOrder(ref, picture)).result()
            asked = MapRequest(
                ref,
                get_method(before.method),
                as_recorded(get_method(before.method).params, before.params),
                prediction,
                picture,
                (find_again(before.target, prediction),),
            )
            return {
                key: grade
                for judge, keys in _by_judge(recorded)
                for key, grade in self._graded_by(judge, keys, asked, (before, now)).items()
            }

    def _graded_by(
        self,
        judge: JudgingPass,
        keys: Sequence[str],
        asked: MapRequest,
        maps: tuple[Explanation, Explanation],
    ) -> dict[str, Grade]:
        """What one pass tells, by key of the metric; a metric that is not defined any more is left out."""
        (before, now), (wanted,) = maps, asked.wanted
        method = get_method(judge.method, PerturbationMethod)
        params = as_recorded(method.params, judge.params)
        own = (judge.method, params) == (before.method, asked.params)
        record = Recorded(judge.runs, before.provenance.schedule if own else {})
        view = self._run(PerturbationOrder.again(replace(asked, method=method, params=params), record))
        found: dict[str, Grade] = {}
        if FIDELITY in keys:
            with suppress(GradeError):
                found[FIDELITY] = fidelity_grade(paid_fidelity(now, view, wanted))
        if isinstance(params, CommonParams) and set(keys) - {FIDELITY}:
            request = GradeRequest(asked.ref, asked.prediction, asked.picture, wanted, strengths(now), params)
            with suppress(GradeError):
                found |= request.grades(view, self._run(request.orders[1]))
        return {key: grade for key, grade in found.items() if key in keys}

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


def _by_judge(recorded: Mapping[str, Grade]) -> list[tuple[JudgingPass, list[str]]]:
    """The passes that told grades, each with the keys of its metrics."""
    found: list[tuple[JudgingPass, list[str]]] = []
    for key, grade in recorded.items():
        if grade.judge is None:
            continue
        keys = next((keys for judge, keys in found if judge == grade.judge), None)
        if keys is None:
            found.append((grade.judge, [key]))
        else:
            keys.append(key)
    return found


def refuse_another_model(key: str, fingerprint: str) -> None:
    """Lets only the model pass that was explained.

    Raises:
        ModelError: there is no such model, or it has changed.
    """
    now = model_source().facts(ModelRef.parse(key)).fingerprint
    if now != fingerprint:
        text = later(
            "The model {model} is not the one that was explained: its fingerprint was {before}, now "
            "it is {now}."
        )
        raise ModelError(text, model=key, before=fingerprint[:12], now=now[:12])


def _backends_of(before: Explanation) -> AbstractContextManager[None]:
    """Let run a model what ran it before, and its gradients what computed them, unless the environment says
    otherwise; of records without that word TensorFlow computed them.
    """
    versions, given = before.provenance.versions, settings().model_fields_set
    pinned = {"backend": PINNED.get(versions.get("forward", ""), "")}
    if versions.get("gradient", Backend.name) == Backend.name:
        pinned["gradients"] = "tensorflow"
    return override(**{name: value for name, value in pinned.items() if value and name not in given})
