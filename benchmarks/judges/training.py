"""A few steps of training: enough that answers are confident and gradients are not degenerate."""

from typing import Any

import numpy as np
import torch
from torch.nn import functional

from benchmarks.judges.networks import torch_network
from benchmarks.judges.recipes import Recipe
from benchmarks.judges.shapes import SIZE_HW, Scenes, draw_scenes

STEPS, BATCH, RATE, SMOOTHING = 400, 48, 4e-3, 0.05

WIDE = 3.0
"""Scale with which normalisations before a ReLU6 begin, so that some units reach the 6."""


def trained(recipe: Recipe, seed: int) -> Any:
    """A trained network in double precision, whose weights are float32."""
    torch.manual_seed(seed)
    network = torch_network(recipe, SIZE_HW)
    for step in recipe.steps:
        if step.kind == "relu6":
            torch.nn.init.constant_(network[step.inputs[0]].weight, WIDE)
    scenes = draw_scenes(seed, 1024)
    rng, optimiser = np.random.default_rng(seed), torch.optim.Adam(network.parameters(), RATE)
    network.train()
    for _ in range(STEPS):
        chosen = rng.integers(0, len(scenes.kinds), BATCH)
        logits = network(pictures_of(scenes)[chosen])
        loss = functional.cross_entropy(logits, _truth(recipe, scenes)[chosen], label_smoothing=SMOOTHING)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return network.eval().requires_grad_(False).double()


def accuracy(network: Any, recipe: Recipe, scenes: Scenes) -> float:
    """Share of right answers, 0-1."""
    answers = network(pictures_of(scenes).double()).argmax(dim=1)
    return float((answers == _truth(recipe, scenes)).double().mean())


def pictures_of(scenes: Scenes) -> Any:
    """float32 (N, 3, H, W), RGB 0-255."""
    return torch.from_numpy(scenes.pictures).permute(0, 3, 1, 2).float()


def _truth(recipe: Recipe, scenes: Scenes) -> Any:
    return torch.from_numpy(scenes.places if recipe.task == "segmentation" else scenes.kinds)
