"""Alarms that a finished pass tells, on maps of a toy model."""

import numpy as np

from compute.trust.late_alarms import with_late_alarms
from compute.trust.paid import paid_fidelity
from compute.work.perturbation import PerturbationSpec
from engine.images.picture import Picture
from engine.perturbation.methods.params import SobolParams
from model_store.catalogue import ModelRef
from tests.compute.conftest import ask, run_here, toy_spec


def test_a_map_with_a_low_fidelity_says_so_once_and_a_good_one_does_not(picture):
    explanation = run_here(ask(toy_spec("toy"), picture)).explain(0)
    assert with_late_alarms(explanation, 0.97) is explanation
    assert with_late_alarms(explanation, None) is explanation
    warned = with_late_alarms(explanation, 0.5)
    assert warned.warnings[-1].startswith("Fewer than nine random maps in ten")
    assert with_late_alarms(warned, 0.5) is warned
    assert "raise the score" in with_late_alarms(explanation, 0.01).warnings[-1]
    fills = with_late_alarms(explanation, 0.97, {("fill", "black"): 0.25})
    assert "(rank correlation 0.25)" in fills.warnings[-1]


def test_the_fidelity_of_a_true_map_of_the_toy_raises_nothing():
    pixels = np.full((64, 64, 3), 40, np.uint8)
    pixels[:32, :32] = 160 + 12 * (np.add.outer(np.arange(32), np.arange(32)) // 16)[..., None]
    picture = Picture(pixels, "bright corner")
    params = SobolParams(designs=32, replicates=8, grid=4, fill="black", draft="never")
    view = run_here(ask(PerturbationSpec(ModelRef("toy"), "sobol", params), picture))
    explanation = view.explain(0)
    assert with_late_alarms(explanation, paid_fidelity(explanation, view, 0).percentile) is explanation
