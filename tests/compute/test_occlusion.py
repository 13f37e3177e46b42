"""Occlusion in process: whether a map has a sign depends on how its runs are read."""

from dataclasses import replace

from compute.work.perturbation import PerturbationSpec
from engine.explanation import Explanation
from engine.perturbation.methods.params import OcclusionParams
from tests.compute.conftest import ask, run_here, toy_spec

PARAMS = OcclusionParams(positions=4, fill="black")


def test_the_display_is_a_reading_of_the_same_runs_and_says_whether_it_is_signed(picture, tmp_path):
    asked = ask(PerturbationSpec(toy_spec("toy").ref, "occlusion", PARAMS), picture)
    result = run_here(asked)
    left = replace(asked.spec, params=replace(PARAMS, display="score"))
    drop, classic = result.explain(0), result.explain(0, params=left.params)
    assert drop.signed and not classic.signed and drop.cost.forwards == classic.cost.forwards == 17
    assert left.run_params() == asked.spec.run_params() and "seed" not in left.run_params()
    classic.save(tmp_path)
    assert Explanation.load(tmp_path) == classic
