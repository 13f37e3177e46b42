"""LIME (Ribeiro, Singh and Guestrin 2016, https://arxiv.org/abs/1602.04938).

Samples are drawn as ``LimeImageExplainer`` draws them with a fresh ``random_state`` for each seed, and the
linear models are fitted by the ``lime`` package itself, so that the weights of a seed are those of the plain
package.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from lime.lime_image import LimeImageExplainer
from sklearn.metrics import pairwise_distances

from engine.arrays import Bools, Floats, Indices, Reals, SmallInts
from engine.errors import ParamsError
from engine.perturbation.designs.cells import Superpixels
from engine.perturbation.designs.superpixels import advise, superpixel_cells
from engine.perturbation.estimators.regressors import make_regressor
from engine.perturbation.estimators.repeats import CONSTANT, Repeats, doubts
from engine.perturbation.estimators.sobol_indices import is_constant
from engine.perturbation.methods.params import LimeParams
from engine.perturbation.plan import Estimate
from engine.phrase import Phrase, later

POOR_FIT = 0.5
MIN_SAMPLES = 20
ALL_FEATURES = 100_000
"""As many as the package asks for by default: with 6 or fewer it would choose them by forward selection."""

SILENT = later("The regressor set every weight to zero. Select a smaller penalty, or ridge.")
POOR = later(
    "The linear model captures only part of the score's behaviour (R2 {r2:.2f}): the weights are a "
    "rough summary."
)
FAILED = later(
    "{name} found no finite weights for these samples. Please select another regressor, such as ridge."
)


@dataclass(frozen=True, eq=False)
class LimePlan:
    """All samples of the first seed, then all of the next.

    Attributes:
        cells: the superpixels.
        samples: per seed.
        seeds: of the repetitions.
    """

    cells: Superpixels
    samples: int
    seeds: tuple[int, ...]

    @property
    def runs(self) -> int:
        return self.samples * len(self.seeds)

    @property
    def replicate(self) -> Indices:
        """(runs,): place in ``seeds`` of the seed of each run."""
        return np.repeat(np.arange(len(self.seeds)), self.samples)

    @cached_property
    def data(self) -> SmallInts:
        """int8 (seeds, samples, P): 1 keeps a superpixel, 0 hides it; the first sample of a seed
        keeps all.
        """
        return np.stack([_draw(seed, self.samples, self.cells.count) for seed in self.seeds])

    def masks(self, start: int, stop: int) -> Floats:
        return self.data.reshape(self.runs, -1)[start:stop].astype(np.float32)


@dataclass(frozen=True, eq=False)
class LocalModel:
    """A linear model of the score around the picture.

    Attributes:
        weights: float64 (P,), what each superpixel adds to the score.
        r2: share of the weighted samples' variance that it follows, at most 1.
        independent: float64 (P,), the weights without the sample that shows everything.
        moved: False if the score was the same for all samples, so that there was nothing to learn.
    """

    weights: Reals
    r2: float
    independent: Reals
    moved: bool = True


def plan(params: LimeParams, image: Floats) -> LimePlan:
    """The runs of the pass: samples for each seed.

    Raises:
        ParamsError: the picture comes out in one superpixel, or in too many.
    """
    return LimePlan(superpixel_cells(params, image), params.samples, params.all_seeds)


def estimate(plan: LimePlan, params: LimeParams, scores: Floats) -> Estimate | None:
    """Weights of the superpixels for one target, painted on the pixels.

    Args:
        plan: the runs.
        params: how they are read.
        scores: float32 (runs,), NaN where a run is still missing.

    Returns:
        The mean over the finished seeds; before the first is finished, what its samples so far say; None
        before there are as many of them as superpixels.
    """
    used = _usable(plan, scores)
    if not used:
        return None
    runs = sum(int(keep.sum()) for _, keep in used)
    table = scores.reshape(len(plan.seeds), plan.samples)
    models = [_fit(plan, params, place, table[place], keep) for place, keep in used]
    return _summarise(plan, params, models, runs)


def _draw(seed: int, samples: int, pieces: int) -> SmallInts:
    """int8 (samples, P): the neighbourhood of ``LimeImageExplainer(random_state=seed)``."""
    state = np.random.RandomState(seed)
    state.randint(0, high=1000)  # the package draws a seed for its segmentation first
    data = state.randint(0, 2, samples * pieces).reshape(samples, pieces).astype(np.int8)
    data[0] = 1
    return data


def _usable(plan: LimePlan, scores: Floats) -> list[tuple[int, Bools]]:
    """Place of each finished seed and bool (samples,) of its runs, all True; or the first seed that is far
    enough.
    """
    done = np.isfinite(scores).reshape(len(plan.seeds), plan.samples)
    finished = [(place, keep) for place, keep in enumerate(done) if keep.all()]
    if finished:
        return finished
    least = max(plan.cells.count, MIN_SAMPLES)
    return [(place, keep) for place, keep in enumerate(done) if keep.sum() >= least][:1]


def _fit(plan: LimePlan, params: LimeParams, place: int, scores: Floats, keep: Bools) -> LocalModel:
    """The linear model of one seed, by the package; zeros if the score never moved.

    Raises:
        ParamsError: the regressor cannot cope with these samples.
    """
    pieces, seed = plan.cells.count, plan.seeds[place]
    data, labels = plan.data[place][keep].astype(np.int64), scores[keep]
    if is_constant(labels.astype(np.float64)):
        return LocalModel(np.zeros(pieces), 0.0, np.zeros(pieces), moved=False)
    base = LimeImageExplainer(kernel_width=params.kernel_width, random_state=seed).base
    distances = pairwise_distances(data, np.ones((1, pieces), np.int64), metric="cosine").ravel()
    closeness = base.kernel_fn(distances)
    regressor = make_regressor(params.regressor, params.penalty, float(closeness.sum()), seed)
    try:
        _, ranked, r2, _ = base.explain_instance_with_data(
            data, labels[:, None], distances, 0, ALL_FEATURES, model_regressor=regressor
        )
        alone = make_regressor(params.regressor, params.penalty, float(closeness[1:].sum()), seed)
        alone.fit(data[1:], labels[1:], sample_weight=closeness[1:])
    except (ValueError, TypeError) as error:  # QuantileRegressor trips over its own solver's failure
        raise ParamsError(FAILED, name=params.regressor) from error
    weights = np.zeros(pieces)
    weights[[piece for piece, _ in ranked]] = [weight for _, weight in ranked]
    independent = np.asarray(alone.coef_, np.float64)
    if not np.isfinite([*weights, *independent, r2]).all():
        raise ParamsError(FAILED, name=params.regressor)
    return LocalModel(weights, float(r2), independent)


def _summarise(plan: LimePlan, params: LimeParams, models: Sequence[LocalModel], runs: int) -> Estimate:
    """Mean over the seeds, its 95 % band, and how far the seeds agree."""
    tables = (np.stack([getattr(model, name) for model in models]) for name in ("weights", "independent"))
    repeats = Repeats(plan.cells, *tables)
    lower, upper = repeats.band
    stability, r2, count = repeats.stability, float(np.mean([model.r2 for model in models])), len(models)
    return Estimate(
        values=repeats.values,
        lower=lower,
        upper=upper,
        stability=stability,
        runs=runs,
        warnings=(*_warn(params, models, stability, r2), *advise(params, plan.cells.count)),
        figures={"R2": r2, "superpixels": plan.cells.count, "seeds": count, "samples per seed": runs / count},
        parts=repeats.parts,
    )


def _warn(params: LimeParams, models: Sequence[LocalModel], stability: float | None, r2: float) -> list[str]:
    if not any(model.weights.any() for model in models):
        return [SILENT if any(model.moved for model in models) else CONSTANT]
    poor = [Phrase(POOR, r2=r2)] if r2 < POOR_FIT else []
    return [*doubts(params, stability), *poor]
