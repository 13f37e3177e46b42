"""Answers about a layer: pytorch-grad-cam, and the formula of a paper where that has another."""

from typing import Any
from unittest.mock import patch

import numpy as np
import pytorch_grad_cam
import torch
from torch import nn

from benchmarks.judges.question import Question, Reals


def library_cam(kind: str, question: Question, params: Any) -> Reals:
    """(h, w): what a class of pytorch-grad-cam finds at the places of the layer, before the ReLU."""
    layer = question.network[question.layer]
    with getattr(pytorch_grad_cam, kind)(question.network, [layer]) as cam:
        targets = [lambda output: question.weigh(output[None], "logit").sum()]
        inputs = question.tensor.requires_grad_(True)
        cam(inputs, targets)
        activation, gradient = (
            part[0].numpy()
            for part in (cam.activations_and_grads.activations, cam.activations_and_grads.gradients)
        )
        return np.asarray(cam.get_cam_image(inputs, layer, targets, activation, gradient, False)[0])


def plus_plus_of_the_paper(question: Question, params: Any) -> Reals:
    """(h, w): Grad-CAM++ by equation 19 of Chattopadhay et al. 2018 (https://arxiv.org/abs/1710.11063), place
    by place.

    The score is Y = exp(S); the factor exp(S) of all its derivatives is left out. pytorch-grad-cam has the
    same formula, but adds 1e-6 to denominators that are made of squared gradients, which are as small in some
    networks: 0.04 % of the maximum off in the first of ours, 14 % in the U-Net.
    """
    activation, gradient = _activation_and_gradient(question)
    found = np.zeros(activation.shape[1:])
    for channel, slopes in zip(activation, gradient, strict=True):
        weight, total = 0.0, channel.sum()
        for slope in slopes.ravel():
            if slope > 0:  # elsewhere the ReLU of the gradient is zero
                weight += slope * slope**2 / (2 * slope**2 + total * slope**3)
        found += weight * channel
    return found


def _activation_and_gradient(question: Question) -> tuple[Reals, Reals]:
    """(K, h, w) each, by the layer's output."""
    seen: list[Any] = []
    hook = question.network[question.layer].register_forward_hook(lambda *call: seen.append(call[-1]))
    score = question.scorer("logit")(question.tensor.requires_grad_(True))
    hook.remove()
    (gradient,) = torch.autograd.grad(score.sum(), seen)
    return seen[0].detach().numpy()[0], gradient.numpy()[0]


def library_score_cam(question: Question, params: Any) -> Reals:
    """(h, w): Score-CAM of pytorch-grad-cam, cut off at zero.

    Three things are not as the library does them: masks are enlarged around the middles of cells and not from
    corner to corner, no softmax runs over the weights of the channels, and from these the score with
    everything hidden is taken away, as the paper's equation 3 has it.
    """
    layer = question.network[question.layer]
    targets = [lambda output: question.weigh(output[None], "probability").sum()]
    enlarged = patch.object(
        nn, "UpsamplingBilinear2d", lambda size: nn.Upsample(size, mode="bilinear", align_corners=False)
    )
    plain = patch.object(nn, "Softmax", lambda dim: nn.Identity())
    with enlarged, plain, pytorch_grad_cam.ScoreCAM(question.network, [layer]) as cam:
        cam(question.tensor, targets)
        activation = cam.activations_and_grads.activations[0].numpy()
        seen = cam.get_cam_image(question.tensor, layer, targets, activation, None, False)[0]
    nothing = float(question.scores(np.zeros_like(question.picture)[None], "probability")[0])
    return np.maximum(seen - nothing * activation[0].sum(axis=0), 0)
