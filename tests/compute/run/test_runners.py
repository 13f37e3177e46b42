"""Questions whose passes may end before their last run."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from compute.run.runners import ClusterRunner, LocalRunner
from compute.run.runners import answer_request as answers_to
from compute.scheduling.queue import JobQueue
from compute.work.maps import MapRequest
from engine.methods import get_method
from engine.perturbation.stopping import DRAFT_DESIGNS
from tests.compute.conftest import PARAMS, ask, toy_spec


def answer(asked, runner, stop):
    quick, seen = ask(toy_spec("toy"), asked.picture), []
    params = replace(PARAMS, designs=64, until=stop)
    request = MapRequest(quick.spec.ref, get_method("sobol"), params, quick.prediction, asked.picture, [0])

    @contextmanager
    def watch():
        yield lambda view: seen.append(view.progress().done_runs)

    ((_, explanation),) = answers_to(request, runner, watch)
    return explanation, seen


def test_a_pass_ends_as_soon_as_its_maps_are_what_was_asked_for(asked):
    explanation, seen = answer(asked, LocalRunner(), "draft")
    assert explanation.figures[DRAFT_DESIGNS] == 4
    assert explanation.cost.forwards == 4 * 18 and seen[-1] < 4 * 18 + 8


@pytest.mark.parametrize("stop", ["end", "standard"])
def test_without_a_rule_or_before_it_is_met_all_designs_are_run(asked, stop):
    explanation, seen = answer(asked, LocalRunner(), stop)
    steady = stop == "standard" and explanation.stability >= 0.8 and explanation.cost.forwards >= 16 * 18
    assert explanation.cost.forwards == 64 * 18 or steady
    assert seen[-1] == 64 * 18 or steady


def test_it_ends_on_a_cluster_as_well(asked, cluster):
    explanation, _ = answer(asked, ClusterRunner(JobQueue(cluster)), "draft")
    assert 4 * 18 <= explanation.cost.forwards <= 64 * 18
