"""Explanations as they are put together, in process."""

from dataclasses import replace

import numpy as np
import pytest

from compute.base.errors import TaskError
from engine.errors import VitrineError
from engine.explanation import Explanation
from tests.compute.conftest import PARAMS, RUNS, ask, predict_here, run_here, toy_spec
from tests.compute.toy_source import BreaksOnPurpose


def test_a_pass_in_process_tells_its_progress_and_is_kept(asked, store, batch_log):
    quick = ask(toy_spec("toy"), asked.picture)
    shares = []
    view = run_here(quick, store, on_progress=lambda view: shares.append(view.progress().share))
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) == RUNS / 8
    again = run_here(quick, store, on_progress=lambda view: pytest.fail("it was stored"))
    assert batch_log.runs(quick.spec) == RUNS and again.explain(0) == view.explain(0)


def test_an_explanation_says_where_it_comes_from(asked, tmp_path):
    quick = ask(toy_spec("toy"), asked.picture)
    explanation = run_here(quick).explain(0)
    origin = explanation.provenance
    assert (origin.model, origin.fingerprint) == (
        quick.prediction.facts.key,
        quick.prediction.facts.fingerprint,
    )
    assert (origin.picture, origin.picture_sha256) == ("noise.png", quick.picture.sha256)
    assert origin.versions["tensorflow"] and explanation.params == PARAMS.as_dict()
    explanation.save(tmp_path)
    assert Explanation.load(tmp_path) == explanation


def test_runs_are_read_with_the_parameters_of_the_reader(asked):
    quick = ask(toy_spec("toy"), asked.picture)
    result = run_here(quick)
    other = replace(quick.spec, params=replace(PARAMS, estimator="glen", draft="never"))
    read = result.explain(0, params=other.params)
    assert read.params["estimator"] == "glen" and not np.array_equal(read.values, result.explain(0).values)


def test_it_is_too_early_before_two_rows(asked):
    seen = []
    run_here(ask(toy_spec("toy"), asked.picture), on_progress=lambda view: seen.append(view.explain(0)))
    assert len(asked.prediction.targets) == 1 and seen[0] is None and seen[-1] is not None


def test_in_process_a_bug_stays_itself(picture):
    with pytest.raises(VitrineError, match="no model called"):
        predict_here("unheard", picture)
    with pytest.raises(BreaksOnPurpose) as caught:
        predict_here("broken", picture)
    assert not isinstance(caught.value, TaskError)
