"""Integrated gradients (Sundararajan et al. 2017, https://arxiv.org/abs/1703.01365)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.arrays import Floats, Reals
from engine.model import LoadedModel, TargetLayer
from engine.phrase import Phrase, later
from engine.summed.colours import read_signed
from engine.summed.input_gradients import gradients_of, step_of
from engine.summed.params import PathParams
from engine.summed.plan import Attribution, PassInput, Sums, SumSource, TargetSums, baseline

GAP = 0.05
INCOMPLETE = later(
    "The map sums to {total:.3g}, but the logit changes by {change:.3g} from the baseline to the "
    "image: use more steps, or another baseline."
)


@dataclass(frozen=True, eq=False)
class _PathRuns:
    """First a look at the baseline, then gradients at the nodes of a Gauss-Legendre quadrature on the way to
    the picture.

    Attributes:
        inputs: picture and targets.
        start: float32 (H, W, 3), the baseline.
        nodes, weights: (steps,) of the quadrature on the way from 0 to 1.
    """

    inputs: PassInput
    start: Floats
    nodes: Reals
    weights: Reals

    @property
    def step(self) -> int:
        return step_of(self.inputs)

    def add(self, model: LoadedModel, start: int, stop: int) -> Sums:
        sums: Sums = {
            "gradient": np.zeros((len(self.inputs.weights), *self.start.shape)),
            "baseline": np.zeros(len(self.inputs.weights)),
        }
        if start == 0:
            logits = model.score_batch(self.start[None], "logit")[0]
            sums["baseline"] += (
                (self.inputs.weights * logits)
                .reshape(len(self.inputs.weights), -1)
                .sum(axis=1, dtype=np.float64)
            )
        places = slice(max(start - 1, 0), stop - 1)
        if self.nodes[places].size:
            shares = self.nodes[places, None, None, None].astype(np.float32)
            pictures = self.start + shares * (self.inputs.image - self.start)
            gradients = gradients_of(model, pictures, self.inputs.weights)
            sums["gradient"] += np.einsum("n,nthwc->thwc", self.weights[places], gradients, dtype=np.float64)
        return sums


def _prepare(model: LoadedModel, inputs: PassInput, params: PathParams) -> _PathRuns:
    nodes, weights = np.polynomial.legendre.leggauss(params.steps)
    return _PathRuns(inputs, baseline(params.fill, inputs.image, params.seed), (nodes + 1) / 2, weights / 2)


def _count(params: PathParams, target_layers: Sequence[TargetLayer]) -> int:
    return params.steps + 1


ALONG_PATH = SumSource(
    "integrated gradients",
    "logit",
    _prepare,
    _count,
    backwards=lambda runs: max(runs - 1, 0),
    readable_after=None,
)


def integrated_gradients(seen: TargetSums, params: PathParams) -> Attribution:
    """What each pixel adds to the logit on the way from the baseline; all of them together add up to the
    change of the logit.
    """
    found = read_signed(
        seen.sums["gradient"]
        * (seen.image - baseline(params.fill, seen.image, params.seed)).astype(np.float64)
    )
    total, change = float(found.values.sum(dtype=np.float64)), seen.score - float(seen.sums["baseline"])
    gap = abs(total - change) / max(abs(change), 1e-6)
    warnings = (Phrase(INCOMPLETE, total=total, change=change),) if gap > GAP else ()
    figures = {"sum of the map": total, "change of the score": change, "completeness gap": gap}
    return replace(found, figures=figures | dict(found.figures), warnings=(*found.warnings, *warnings))
