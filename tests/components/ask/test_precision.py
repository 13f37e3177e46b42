"""Precision of a pass in words: what is used, what it gives, and why not the other one."""

import pytest

from components.ask.precision import precision_text
from engine.model import Backend

BOTH = {"TensorFlow": 0.020, "OpenVINO f32": 0.014, "OpenVINO bf16": 0.0072}
CASES = {
    "nothing was compared": (Backend(), "**Precision**: single (f32)."),
    "half is used": (
        Backend("OpenVINO bf16", BOTH, 0.008),
        "**Precision**: half (bf16). Half precision is 1.9 times as fast. "
        "Probabilities differ by at most 0.008.",
    ),
    "half is slower": (
        Backend("OpenVINO f32", BOTH | {"OpenVINO bf16": 0.028}, 1e-6),
        "**Precision**: single (f32). Half precision is 0.5 times as fast.",
    ),
    "the processor lacks it": (
        Backend("OpenVINO f32", {}, 1e-6, {"OpenVINO bf16": "this processor does not have it"}),
        "**Precision**: single (f32). Not half (bf16): this processor does not have it.",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_line_says_what_was_measured(case):
    backend, text = CASES[case]
    assert precision_text(backend) == text
