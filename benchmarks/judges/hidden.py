"""Answers about what is hidden: captum and SALib, and the definitions where no library has the method."""

from collections.abc import Iterator
from typing import Any

import captum.attr
import numpy as np
import torch
from captum._utils.models.linear_model import SkLearnRidge
from SALib.analyze.sobol import total_order

from benchmarks.judges.draws import GRID, NATIVE
from benchmarks.judges.question import FILLS, Question, Reals, array_of, tensor_of


def _cells(question: Question, side: int) -> Any:
    """(H, W): the cell of each pixel in a grid of so many rows and columns."""
    height, width = question.picture.shape[:2]
    rows, columns = (np.floor((np.arange(size) + 0.5) * side / size) for size in (height, width))
    return (rows[:, None] * side + columns).astype(int)


def _scores(question: Question, params: Any, masks: Reals, cells: Any) -> Reals:
    """(N,): scores of pictures whose cells are kept as far as masks (N, cells) say."""
    fill = FILLS[params["fill"]](question.picture, cells)
    kept = masks[:, cells][..., None]
    return question.scores(kept * question.picture + (1 - kept) * fill, params["space"])


def sobol(question: Question, params: Any) -> Reals:
    """SALib divides the squares of A and B by their number, ours by one less."""
    cells, points = _cells(question, GRID), question.draws["sobol"].astype(np.float64)
    a, b = (_scores(question, params, points[:, place], cells) for place in (0, 1))
    mixed = points[:, :1].repeat(GRID**2, axis=1)
    index = np.arange(GRID**2)
    mixed[:, index, index] = points[:, 1]
    c = _scores(question, params, mixed.reshape(-1, GRID**2), cells).reshape(len(points), -1)
    found = [total_order(a, column, b) for column in c.T]
    scores = 2 * len(a)
    return np.reshape(found, (GRID, GRID)) * (scores - 1) / scores


def rise(question: Question, params: Any) -> Reals:
    """The paper's weighted mean, from which the mean score is taken."""
    masks = question.draws["rise"] / 255.0
    scores = _scores(question, params, masks, _cells(question, NATIVE))
    found = (masks * scores[:, None]).sum(axis=0) / masks.sum(axis=0) - scores.mean()
    return found.reshape(NATIVE, NATIVE)


def hsic(question: Question, params: Any) -> Reals:
    """tr(K H L H) / n^2 with all matrices written out."""
    binary = params["design"] == "binary"
    masks = question.draws["hsic" if binary else "hsic_faded"].astype(np.float64)
    scores = _scores(question, params, masks, _cells(question, GRID))
    far = np.abs(scores[:, None] - scores)
    count = len(scores)
    centring = np.eye(count) - 1 / count
    of_scores = centring @ np.exp(-(far**2) / (2 * np.median(far) ** 2)) @ centring
    found = []
    for shown in masks.T:
        apart = (shown[:, None] - shown) ** 2
        found.append(np.trace((1.5 - apart if binary else np.exp(-2 * apart)) @ of_scores) / count**2)
    return np.reshape(found, (GRID, GRID))


def occlusion(question: Question, params: Any) -> Reals:
    """Patches side by side, by captum's sliding window."""
    places = params["positions"]
    height, width = (side // places for side in question.picture.shape[:2])
    fill = FILLS[params["fill"]](question.picture, None)
    found = captum.attr.Occlusion(question.scorer(params["space"])).attribute(
        question.tensor, (3, height, width), (3, height, width), tensor_of(fill[None])
    )
    return array_of(found)[::height, ::width, 0]


def overlapping_occlusion(question: Question, params: Any) -> Reals:
    """Patches around the middles of cells, each as a feature of its own that captum ablates."""
    places, reach = params["positions"], params["patch"] / 2
    rows, columns = ((np.arange(side) + 0.5) * places / side - 0.5 for side in question.picture.shape[:2])
    fill = tensor_of(FILLS[params["fill"]](question.picture, None)[None])
    ablation = captum.attr.FeatureAblation(question.scorer(params["space"]))
    found = np.zeros((places, places))
    for row, column in np.ndindex(places, places):
        inside = (np.abs(rows - row)[:, None] < reach) & (np.abs(columns - column) < reach)
        parts = ablation.attribute(question.tensor, fill, feature_mask=torch.from_numpy(inside.astype(int)))
        found[row, column] = array_of(parts)[inside][0, 0]
    return found


def lime(question: Question, params: Any) -> Reals:
    """Captum's LIME on the same samples, weighed by the cosine distance of what is shown from all."""
    pieces = question.draws["pieces"].astype(np.int64)
    fill = tensor_of(FILLS[params["fill"]](question.picture, pieces)[None])

    def near(_: Any, __: Any, shown: Any, **options: Any) -> float:
        cosine = float(shown.sum()) / np.sqrt(float(shown.sum()) * shown.numel())
        return float(np.exp(-((1 - cosine) ** 2) / (2 * params["kernel_width"] ** 2)))

    found = []
    for samples in question.draws["lime"]:

        def stored(*_: Any, samples: Any = samples, **options: Any) -> Iterator[Any]:
            yield from torch.from_numpy(samples.astype(np.int64))[:, None]

        explainer = captum.attr.Lime(
            question.scorer(params["space"]), SkLearnRidge(alpha=params["penalty"]), near, stored
        )
        mask = torch.from_numpy(pieces)
        found.append(explainer.attribute(question.tensor, fill, feature_mask=mask, n_samples=len(samples)))
    return np.mean([array_of(one)[..., 0] for one in found], axis=0)


def shapley(question: Question, params: Any) -> Reals:
    """Shapley values over all orders of the superpixels, by captum."""
    pieces = question.draws["few_pieces"].astype(np.int64)
    fill = tensor_of(FILLS[params["fill"]](question.picture, pieces)[None])
    found = captum.attr.ShapleyValues(question.scorer(params["space"])).attribute(
        question.tensor, fill, feature_mask=torch.from_numpy(pieces), perturbations_per_eval=64
    )
    return array_of(found)[..., 0]
