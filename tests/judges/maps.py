"""Our maps: the passes of the engine on a stored case, with the draws that the peers had."""

import numpy as np

from engine.gradients.run import dense_weights, run_gradients
from engine.methods import METHODS
from engine.params import from_texts
from engine.perturbation.designs.cells import Superpixels
from engine.perturbation.run import PerturbationPass, Perturber
from engine.summed.plan import PassInput, TargetSums
from engine.summed.run import run_summed
from engine.targets import Scorer
from tests.judges.stored import Case, stored_draws


def our_map(model, case: Case, answer: str) -> np.ndarray:
    """What we say where a peer has answered: raw values, those of a class activation map before the ReLU."""
    row = case.about["answers"][answer]
    method = METHODS[row["method"]]
    return MAP_OF[method.work](model, case, method, from_texts(method.params, row["params"]))


def gradient_map(model, case, method, params):
    found = run_gradients(model, case.image, weights_of(case), [params.layer])
    return found.of(0, params.layer, method.key, "for")


def summed_map(model, case, method, params):
    source, image, weights = method.source, case.image, weights_of(case)
    runs = source.prepare(model, PassInput(image, weights), params)
    if "noise" in vars(params):
        noise = stored_draws()["noise"].astype(np.float32) * np.float32(runs.deviation)
        with_stored(runs, _noise=lambda run: noise[run])
    total = source.count(params, model.target_layers)
    sums = run_summed(model, runs, (0, total))
    score = float((model.score_batch(image[None], source.space)[0] * weights[0]).sum())
    seen = TargetSums({name: array[0] for name, array in sums.items()}, total, image, score)
    return method.read(seen, params).values


def perturbation_map(model, case, method, params):
    plan = GIVEN[method.key](method.plan(params, case.image), stored_draws())
    scorer = Scorer([case.target], case.arrays["logits"].shape)
    perturber = Perturber.of(case.image, plan.cells, params)
    job = PerturbationPass(model, perturber, plan, scorer, params.space)
    return method.estimate(plan, params, job.scores(0, plan.runs)[:, 0]).values


MAP_OF = {"gradient": gradient_map, "summed": summed_map, "perturbation": perturbation_map}


def weights_of(case):
    """float32 (1, *output)."""
    return dense_weights([case.target], case.arrays["logits"].shape)


def with_stored(plan, **values):
    """The same plan with stored values in place of those that it has, or draws when it is first asked."""
    vars(plan).update(values)
    return plan


def _with_points(plan, draws):
    with_stored(plan.design, ends=draws["sobol"])
    return plan


GIVEN = {
    "sobol": _with_points,
    "lime": lambda plan, draws: with_stored(
        plan, cells=Superpixels(draws["pieces"].astype(np.int32)), data=draws["lime"].astype(np.int8)
    ),
    "occlusion": lambda plan, draws: plan,
    "rise": lambda plan, draws: with_stored(plan, drawn=draws["rise"] / np.float32(255)),
    "hsic": lambda plan, draws: with_stored(
        plan, drawn=draws["hsic" if plan.kind == "binary" else "hsic_faded"].astype(np.float32)
    ),
    "kernelshap": lambda plan, draws: with_stored(
        plan, cells=Superpixels(draws["few_pieces"].astype(np.int32))
    ),
}
"""By method: the plan with the masks and superpixels that the peers had, in place of its own."""
