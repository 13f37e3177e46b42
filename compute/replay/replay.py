"""Explanations computed again, through the same passes, with the same runs in the same batches where that is
in our hands.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

import numpy as np

from compute.replay.case import Again
from compute.results.results import PassResult
from compute.results.score_sheet import ScoreSheet
from compute.results.sum_sheet import SummedView
from compute.run.cases import Watch
from compute.run.local import run_summed_locally
from compute.run.runners import LocalRunner, OnProgress, Runner
from compute.scheduling.handles import PassView
from compute.work.gradients import GradientSpec
from compute.work.schedule import Stretch
from compute.work.specs import PassOrder, PassSpec, digest_of
from compute.work.summed import SummedOrder, SummedSpec
from compute.worker.sources import model_source
from compute.worker.tasks import score_chunk
from engine.errors import ModelError, ParamsError
from engine.explanation import Explanation
from engine.gradients.params import CamParams
from engine.images.picture import Picture
from engine.methods import get_method
from engine.phrase import later
from model_store.catalogue import ModelRef

BACKEND_VARIABLE = "VITRINE_BACKEND"
PINNED = {"TensorFlow": "tensorflow", "OpenVINO bf16": "bf16"}
"""What ``VITRINE_BACKEND`` has to be for what ran a model; anything else is chosen by itself."""

RUNS_AT_ONCE = 64
"""About so many runs between two looks at how far it is."""


class _Enough(Exception):
    """Ends a pass that has as many runs as the one before."""


class Replayer:
    """Computes explanations again; a pass that several of them were read from is run once.

    Args:
        runner: a cluster, which cuts runs as it likes; None for this process, which cuts them as they were.
        watch: opened with the number of its runs while a pass is under way.
    """

    def __init__(self, runner: Runner | None, watch: Watch) -> None:
        self._exact = runner is None
        self._runner = runner or LocalRunner()
        self._watch = watch
        self._known: dict[str, Any] = {}

    def again(self, before: Explanation, picture: Picture) -> Explanation:
        """The explanation, computed anew.

        Raises:
            ModelError: the model is not there, or not the one that was explained.
            VitrineError: its target is gone, its parameters are not understood, or the pass failed.
        """
        ref = ModelRef.parse(before.provenance.model)
        refuse_another_model(before, ref)
        with _backend_of(before):
            prediction = self._once(
                ("predict", str(ref), picture.sha256), lambda: self._runner.predict(ref, picture)
            )
        asked = Again(before, picture, prediction)
        return _ANSWERS[get_method(before.method).run_by](self, asked)

    def _once(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """What was made before under a key."""
        digest = digest_of(*key)
        if digest not in self._known:
            self._known[digest] = make()
        return self._known[digest]

    def perturb(self, asked: Again) -> Explanation:
        """By a perturbation pass."""
        spec = PassSpec(asked.ref, asked.before.method, cast(Any, asked.params))
        order = PassOrder(spec, asked.prediction, asked.picture)
        stretches = asked.stretches(spec.runs)
        run = self._cut_alike if self._exact else self._cut_anyhow
        result: PassResult = self._once(("perturb", order.key, stretches), lambda: run(order, stretches))
        return _there(result.explain(asked.wanted, spec))

    def _cut_alike(self, order: PassOrder, stretches: list[Stretch]) -> PassResult:
        """The same runs in the same batches."""
        sheet = ScoreSheet(order)
        with self._watch(_count(stretches)) as on_progress:
            for first, size, count in _pieces(stretches):
                runs = first, first + size * count
                sheet.add(
                    score_chunk(runs, order.spec, order.prediction.targets, order.picture, (size,) * count)
                )
                on_progress(PassView(sheet, order.spec))
        return sheet.result()

    def _cut_anyhow(self, order: PassOrder, stretches: list[Stretch]) -> PassResult:
        """The same runs, in batches that the runner chooses."""
        runs = _count(stretches)
        view = self._until(
            runs, runs, lambda watch: self._runner.run(order.spec, order.prediction, order.picture, watch)
        )
        result: PassResult = view.result()
        known = np.zeros(len(result.scores), bool)
        for first, size, count in stretches:
            known[first : first + size * count] = True
        return replace(result, scores=np.where(known[:, None], result.scores, np.float32(np.nan)))

    def _until(self, runs: int, total: int, run: Callable[[OnProgress], Any]) -> Any:
        """What can be read off a pass, ended when it has so many runs.

        Args:
            runs: so many are enough.
            total: shown as all of them.
            run: begins the pass and waits for it.
        """
        seen: list[Any] = []
        with self._watch(total) as on_progress:

            def look(view: Any) -> None:
                on_progress(view)
                seen[:] = [view]
                if view.progress().done_runs >= runs:
                    raise _Enough

            try:
                return run(cast(OnProgress, look))
            except _Enough:
                return seen[0]

    def differentiate(self, asked: Again) -> Explanation:
        """By a gradient pass."""
        params = cast(CamParams, asked.params)
        spec = GradientSpec(asked.ref, asked.together, (params.layer,))
        key = "gradients", str(asked.ref), asked.picture.sha256, spec.wanted, spec.layers
        view = self._once(key, lambda: self._runner.watch(spec, asked.prediction, asked.picture))
        return _there(view.explain(asked.before.method, asked.wanted, params))

    def add_up(self, asked: Again) -> Explanation:
        """By a summed pass."""
        spec = SummedSpec(asked.ref, asked.before.method, asked.params, asked.together)
        order = SummedOrder(spec, asked.prediction, asked.picture)
        runs, step = min(asked.before.cost.forwards, order.runs), asked.chunk

        def run(watch: OnProgress) -> SummedView:
            if self._exact:
                return run_summed_locally(spec, asked.prediction, asked.picture, watch, step)
            return self._runner.add_up(spec, asked.prediction, asked.picture, watch)

        view = self._once(
            ("sums", order.key, spec.method, runs, step), lambda: self._until(runs, order.runs, run)
        )
        return _there(view.explain(asked.wanted))


_ANSWERS: dict[str, Callable[[Replayer, Again], Explanation]] = {
    "perturbation": Replayer.perturb,
    "gradient": Replayer.differentiate,
    "summed": Replayer.add_up,
}
"""By the pass that a method is read from."""


def _there(found: Explanation | None) -> Explanation:
    """The explanation, which there is if there are as many runs as before.

    Raises:
        ParamsError: there is none.
    """
    if found is None:
        raise ParamsError("The runs that the explanation was read from give no map.")
    return found


def _count(stretches: list[Stretch]) -> int:
    return sum(size * count for _first, size, count in stretches)


def _pieces(stretches: list[Stretch]) -> Iterator[Stretch]:
    """The same batches, a few at a time."""
    for first, size, count in stretches:
        step = max(RUNS_AT_ONCE // size, 1)
        for done in range(0, count, step):
            yield [first + done * size, size, min(step, count - done)]


def refuse_another_model(before: Explanation, ref: ModelRef) -> None:
    """Lets only the model pass that was explained.

    Raises:
        ModelError: there is no such model, or it has changed.
    """
    origin = before.provenance
    found = model_source().facts(ref).fingerprint
    if found != origin.fingerprint:
        text = later(
            "The model {model} is not the one that was explained: its fingerprint was {before}, now "
            "it is {now}."
        )
        raise ModelError(text, model=origin.model, before=origin.fingerprint[:12], now=found[:12])


@contextmanager
def _backend_of(before: Explanation) -> Iterator[None]:
    """Load a model for what ran it before, unless the environment says otherwise."""
    pinned = PINNED.get(before.provenance.versions.get("forward", ""))
    if pinned is None or os.environ.get(BACKEND_VARIABLE):
        yield
        return
    os.environ[BACKEND_VARIABLE] = pinned
    try:
        yield
    finally:
        del os.environ[BACKEND_VARIABLE]
