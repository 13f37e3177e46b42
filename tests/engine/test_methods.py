"""Every method of the table keeps the contract."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from engine.errors import ParamsError
from engine.methods import METHODS, get_method
from engine.params import describe, from_texts
from engine.perturbation.run import PerturbationPass, Perturber
from engine.targets import ClassTarget, Scorer
from tests.toys import FACTS, QuarterSegmenter

METHOD_LIST = list(METHODS.values())
by_key = pytest.mark.parametrize("method", METHOD_LIST, ids=lambda method: method.key)


@by_key
def test_the_entry_is_complete(method):
    assert METHODS[method.key] is method
    assert method.url.startswith("https://") and 1990 < method.year < 2030
    assert len(method.how_to_read) == 3 and method.caveats
    assert all(sentence.endswith(".") for sentence in (*method.how_to_read, *method.caveats, method.measures))


@by_key
def test_every_parameter_can_be_shown_and_checked(method):
    for info in describe(method.params):
        assert info.title and info.help.endswith(".")
        assert info.check(info.default) == info.default
        assert info.elsewhere or info.choices or (info.low is not None and info.high is not None)
    assert from_texts(method.params, {info.name: str(info.default) for info in describe(method.params)}) == method.params()


@by_key
def test_contract_shape_finite_untouched_repeatable_and_honest_cost(method, picture):
    params = from_texts(method.params, {"grid": 4})
    image = picture.pixels.astype(np.float32)
    kept = image.copy()
    model, module = QuarterSegmenter(), method.load()

    def run():
        plan = module.plan(params)
        job = PerturbationPass(model, Perturber.of(image, params), plan, Scorer([ClassTarget(1)], (12, 16, 2)), "probability")
        return module.estimate(params, job.scores(0, plan.runs)[:, 0]), plan

    (first, plan), (second, _) = run(), run()
    assert first.values.dtype == np.float32 and first.values.ndim == 2 and np.isfinite(first.values).all()
    np.testing.assert_array_equal(first.values, second.values)
    np.testing.assert_array_equal(image, kept)
    assert sum(model.batches) == 2 * method.runs(params) == 2 * plan.runs == 2 * first.runs


@by_key
def test_why_not_is_a_sentence_or_none(method):
    assert method.why_not(FACTS) is None
    odd = dataclasses.replace(FACTS, task="captioning")
    assert method.why_not(odd).endswith(".")


def test_an_unknown_method_or_parameter_names_what_there_is():
    with pytest.raises(ParamsError, match="sobol"):
        get_method("tarot")
    with pytest.raises(ParamsError, match="designs"):
        from_texts(METHODS["sobol"].params, {"cards": 3})
