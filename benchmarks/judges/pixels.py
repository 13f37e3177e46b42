"""Answers about pixels: captum."""

import warnings
from typing import Any
from unittest.mock import patch

import captum.attr
import numpy as np
import torch

from benchmarks.judges.question import FILLS, Question, Reals, array_of, tensor_of


def saliency(question: Question, params: Any) -> Reals:
    """Size of the gradient, the greatest of the colours."""
    return array_of(captum.attr.Saliency(question.scorer("logit")).attribute(question.tensor)).max(axis=-1)


def input_x_gradient(question: Question, params: Any) -> Reals:
    """Against black, summed over the colours."""
    found = captum.attr.InputXGradient(question.scorer("logit")).attribute(question.tensor)
    return array_of(found).sum(axis=-1)


def integrated_gradients(
    question: Question, params: Any, method: str = "gausslegendre", steps: int = 0
) -> Reals:
    """Along the same nodes, or by another rule in so many steps; summed over the colours."""
    fill = FILLS[params["fill"]](question.picture, None)
    found = captum.attr.IntegratedGradients(question.scorer("logit")).attribute(
        question.tensor,
        tensor_of(fill[None]),
        n_steps=steps or params["steps"],
        method=method,
        internal_batch_size=64,
    )
    return array_of(found).sum(axis=-1)


def _noise_tunnel(question: Question, params: Any, kind: str) -> Reals:
    noise = question.draws["noise"].astype(np.float64) * params["noise"] * np.ptp(question.picture)
    tunnel = captum.attr.NoiseTunnel(captum.attr.Saliency(question.scorer("logit")))
    with patch.object(torch, "normal", lambda *_: tensor_of(noise)):
        found = tunnel.attribute(question.tensor, nt_type=kind, nt_samples=len(noise), stdevs=1.0, abs=False)
    return array_of(found)


def smoothgrad(question: Question, params: Any) -> Reals:
    """Size of the mean gradient, the greatest of the colours."""
    return np.abs(_noise_tunnel(question, params, "smoothgrad")).max(axis=-1)


def vargrad(question: Question, params: Any) -> Reals:
    """The variance that samples let expect, where captum has that of the samples."""
    runs = params["samples"]
    return _noise_tunnel(question, params, "vargrad").max(axis=-1) * runs / (runs - 1)


def modified_relu(kind: str, question: Question, params: Any) -> Reals:
    """Size of what a class of captum lets come back, the greatest of the colours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = getattr(captum.attr, kind)(question.scorer("logit")).attribute(question.tensor)
    return np.abs(array_of(found)).max(axis=-1)
