import numpy as np
import pytest

from engine.explanation import Cost, Explanation, Provenance
from engine.perturbation.methods.params import SobolParams
from engine.perturbation.stopping import DESIGNS, DRAFT_DESIGNS, RULES, enough
from engine.targets import ClassTarget


def found(stop, figures, stability):
    params = {} if stop is None else SobolParams(until=stop).as_dict()
    cost, source = Cost(1), Provenance("toy", "0", "grey", "0")
    return Explanation(
        np.zeros((8, 8), np.float32),
        False,
        ClassTarget(0),
        "sobol",
        params,
        0.5,
        cost,
        source,
        stability=stability,
        figures=figures,
    )


@pytest.mark.parametrize(
    ("stop", "figures", "stability", "expected"),
    [
        ("end", {DESIGNS: 256}, 1.0, False),
        (None, {DESIGNS: 256}, 1.0, False),
        ("draft", {DRAFT_DESIGNS: 3}, 0.9, False),
        ("draft", {DRAFT_DESIGNS: 4}, None, True),
        ("draft", {DESIGNS: 4}, 0.1, True),
        ("standard", {DRAFT_DESIGNS: 15}, 0.99, False),
        ("standard", {DESIGNS: 15}, 0.99, False),
        ("standard", {DESIGNS: 16}, 0.79, False),
        ("standard", {DESIGNS: 16}, 0.8, True),
        ("standard", {DESIGNS: 16}, None, False),
        ("fine", {DESIGNS: 32}, 0.89, False),
        ("fine", {DESIGNS: 32}, 0.9, True),
    ],
)
def test_a_pass_ends_when_its_map_is_what_was_asked_for(stop, figures, stability, expected):
    assert enough(found(stop, figures, stability)) is expected


def test_every_rule_can_be_chosen():
    from engine.params import describe_params

    info = next(info for info in describe_params(SobolParams) if info.name == "until")
    assert set(info.choices) == {"end", *RULES} and info.reading
