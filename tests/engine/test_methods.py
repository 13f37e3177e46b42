"""Every method of the table keeps the contract."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ParamsError
from engine.gradients.plan import positive_part
from engine.gradients.run import dense_weights, run_gradients
from engine.gradients.target_layers import BEST, choose_target_layers
from engine.methods import METHODS, get_method
from engine.params import describe_params, from_texts
from engine.perturbation.plan import PerturbationMethod
from engine.perturbation.run import PerturbationPass, Perturber
from engine.summed.plan import PassInput, SummedMethod, TargetSums
from engine.summed.run import run_summed
from engine.targets import ClassTarget, Scorer
from tests.toys import FACTS, QuarterSegmenter

ROOT = Path(__file__).parents[2]
TARGET = ClassTarget(1)
SMALL = {
    "sobol": {"grid": 4},
    "lime": {"n_segments": 65, "samples": 100, "seeds": 2, "penalty": 0, "fill": "black"},
    "occlusion": {"positions": 4, "patch": 1, "fill": "black"},
    "rise": {"masks": 2048, "fill": "black"},
    "hsic": {"grid": 4, "masks": 1536, "fill": "black"},
    "kernelshap": {"n_segments": 65, "samples": 200, "seeds": 2, "fill": "black"},
    "integrated_gradients": {"steps": 8},
    "smoothgrad": {"samples": 8},
    "vargrad": {"samples": 8},
    "scorecam": {"channels": 2},
}
"""Parameters that cost little, cut a smooth picture along its quarters, and let seen light speak for
"bright".
"""

IN_THE_QUARTER = {"rise": 0.7, "hsic": 0.97}
"""Least share of the mass in the quarter that the toy looks at, where random masks leave some elsewhere:
those of RISE are soft, too.
"""

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
    for info in describe_params(method.params):
        assert info.title and info.help.endswith(".")
        assert info.check(info.default) == info.default
        assert info.elsewhere or info.choices or (info.low is not None and info.high is not None)
    assert (
        from_texts(method.params, {info.name: str(info.default) for info in describe_params(method.params)})
        == method.params()
    )


def output_shape(image):
    """Of the toy's answer."""
    return image.shape[0] // 4, image.shape[1] // 4, 2


def perturbation_map(method, model, image):
    """A map, the runs it says it took, and the runs its parameters promise."""
    params = from_texts(method.params, SMALL.get(method.key, {}))
    plan = method.plan(params, image)
    job = PerturbationPass(
        model,
        Perturber.of(image, plan.cells, params),
        plan,
        Scorer([TARGET], output_shape(image)),
        "probability",
    )
    found = method.estimate(plan, params, job.scores(0, plan.runs)[:, 0])
    return found.values, found.runs, method.runs(params)


def gradient_map(method, model, image):
    """The same of the gradient pass."""
    evidence = run_gradients(
        model,
        image,
        dense_weights([TARGET], output_shape(image)),
        choose_target_layers(model.target_layers, [BEST]),
    )
    return (
        positive_part(evidence.of(0, "seen", method.key, "for"), "for").values,
        1,
        method.runs(method.params()),
    )


def summed_map(method, model, image):
    """The same of the summed pass."""
    params, source = from_texts(method.params, SMALL.get(method.key, {})), method.source
    weights = dense_weights([TARGET], output_shape(image))
    runs = source.count(params, model.target_layers)
    sums = run_summed(model, source.prepare(model, PassInput(image, weights), params), (0, runs))
    score = float((model.__class__().score_batch(image[None], source.space)[0] * weights[0]).sum())
    seen = TargetSums({name: array[0] for name, array in sums.items()}, runs, image, score)
    return method.read(seen, params).values, runs, method.runs(params)


MAP_OF = {"perturbation": perturbation_map, "gradient": gradient_map, "summed": summed_map}


@pytest.mark.slow
@by_key
def test_contract_shape_finite_untouched_repeatable_and_honest_cost(method, picture):
    image = picture.pixels.astype(np.float32)
    kept = image.copy()
    model = QuarterSegmenter()
    (first, runs, promised), (second, _, _) = (MAP_OF[method.work](method, model, image) for _ in range(2))
    assert first.dtype == np.float32 and first.ndim == 2 and np.isfinite(first).all()
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(image, kept)
    assert sum(model.batches) == 2 * runs == 2 * promised
    assert method.signed or (first >= -0.5).all()


@pytest.mark.slow
@by_key
def test_a_model_that_looks_at_one_quarter_gets_its_mass_there(method):
    image = np.broadcast_to(np.linspace(40, 220, 64, dtype=np.float32)[:, None], (64, 64, 3)).copy()
    values, _, _ = MAP_OF[method.work](method, QuarterSegmenter(), image)
    rows, columns = (size // 2 for size in values.shape)
    assert (
        np.abs(values[:rows, :columns]).sum()
        > IN_THE_QUARTER.get(method.key, 0.99) * np.abs(values).sum()
        > 0
    )


@by_key
def test_why_not_is_a_sentence_or_none(method):
    assert method.why_not(FACTS) is None
    odd = dataclasses.replace(FACTS, task="captioning")
    assert method.why_not(odd).endswith(".")


def test_what_a_method_needs_of_a_network_is_said():
    for method in METHODS.values():
        assert method.why_not(FACTS, {"relu", "layer"}) is None
        assert (method.why_not(FACTS, set()) is None) == (not method.needs)
    refused = METHODS["guided_backprop"].why_not(FACTS, frozenset())
    assert "Toy has no ReLU" in refused and "plain gradient" in refused and refused.endswith(".")


def test_an_unknown_method_or_parameter_names_what_there_is():
    with pytest.raises(ParamsError, match="sobol"):
        get_method("tarot")
    with pytest.raises(ParamsError, match="designs"):
        from_texts(METHODS["sobol"].params, {"cards": 3})


def test_a_method_of_another_pass_is_an_error_of_ours():
    assert get_method("sobol", PerturbationMethod) is METHODS["sobol"]
    with pytest.raises(TypeError, match="sobol is a PerturbationMethod, not a SummedMethod"):
        get_method("sobol", SummedMethod)


@pytest.mark.processes
def test_the_table_is_light():
    script = "import sys, engine.methods; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not set(done.stdout.split()) & {"scipy", "skimage", "sklearn", "lime", "PIL", "tensorflow"}
