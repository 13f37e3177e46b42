"""PyTorch networks from recipes, and their weights as Keras lays them out."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from benchmarks.judges.recipes import PICTURE, Recipe, Step

Weights = dict[str, list[npt.NDArray[np.float32]]]
"""By layer, in the order of Keras: kernel and bias, or scale, shift, mean and variance."""

EPSILON = 1e-3
"""Of batch normalisation, as Keras has it."""


def torch_network(recipe: Recipe, size_hw: tuple[int, int]) -> Any:
    """The network as a module from pictures (N, 3, H, W), RGB 0-255, to logits (N, C) or (N, C, H, W).

    Its layers are modules by the names of the steps, each used once, so that hooks find them.
    """
    layers = nn.ModuleDict()
    values = {PICTURE: torch.zeros(1, 3, *size_hw)}
    for step in recipe.steps:
        taken = [values[name] for name in step.inputs]
        layers[step.name] = KINDS[step.kind](step.options, taken[0].shape[1])
        layers[step.name].eval()
        with torch.no_grad():
            values[step.name] = layers[step.name](*taken)
    layers.forward = partial(_forward, layers, recipe)
    return layers


def _forward(layers: Any, recipe: Recipe, pictures: Any) -> Any:
    values = {PICTURE: pictures}
    for step in recipe.steps:
        values[step.name] = layers[step.name](*(values[name] for name in step.inputs))
    return values[recipe.steps[-1].name]


def _module(forward: Callable[..., Any]) -> Any:
    """A module without weights."""
    module = nn.Module()
    module.forward = forward
    return module


def _rescale(options: Mapping[str, Any], channels: int) -> Any:
    return _module(lambda values: values * options["scale"] + options["offset"])


def _padded(convolution: Any, kernel: int, stride: int) -> Any:
    """The padding "same" of Keras: of an odd number of pixels the greater part comes after the picture."""
    total = max(kernel - stride, 0)
    before, after = total // 2, total - total // 2
    return nn.Sequential(nn.ZeroPad2d((before, after, before, after)), convolution)


def _conv(options: Mapping[str, Any], channels: int) -> Any:
    filters, kernel, stride = options["filters"], options["kernel"], options["stride"]
    bias = "activation" in options
    padded = _padded(nn.Conv2d(channels, filters, kernel, stride, bias=bias), kernel, stride)
    return padded.append(nn.ReLU()) if options.get("activation") else padded


def _depthwise(options: Mapping[str, Any], channels: int) -> Any:
    kernel, stride = options["kernel"], options["stride"]
    return _padded(nn.Conv2d(channels, channels, kernel, stride, groups=channels, bias=False), kernel, stride)


def _relu6(options: Mapping[str, Any], channels: int) -> Any:
    """A kind of ReLU for captum, which does not look for ``nn.ReLU6``."""
    relu = nn.ReLU()
    relu.forward = nn.functional.relu6
    return relu


def _joined(*values: Any) -> Any:
    return torch.cat(values, dim=1)


KINDS: Mapping[str, Callable[[Mapping[str, Any], int], Any]] = {
    "rescale": _rescale,
    "conv": _conv,
    "depthwise": _depthwise,
    "transposed": lambda options, channels: nn.ConvTranspose2d(channels, options["filters"], 2, 2),
    "norm": lambda options, channels: nn.BatchNorm2d(channels, EPSILON),
    "relu": lambda options, channels: nn.ReLU(),
    "relu6": _relu6,
    "pool": lambda options, channels: nn.MaxPool2d(2),
    "enlarge": lambda options, channels: nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False),
    "add": lambda options, channels: _module(torch.add),
    "concat": lambda options, channels: _module(_joined),
    "average": lambda options, channels: _module(lambda values: values.mean(dim=(2, 3))),
    "flatten": lambda options, channels: _module(lambda values: values.permute(0, 2, 3, 1).flatten(1)),
    "dense": lambda options, channels: nn.Linear(channels, options["units"]),
    "softmax": lambda options, channels: nn.Identity(),
}
"""Layers by kind, from options and the number of channels that come in; logits leave out the softmax."""


def keras_weights(network: Any, recipe: Recipe) -> Weights:
    """The weights of a network in the layouts and the order of Keras."""
    found = {step.name: _of_layer(step, network[step.name]) for step in recipe.steps}
    return {name: arrays for name, arrays in found.items() if arrays}


AXES: Mapping[str, tuple[int, ...]] = {
    "conv": (2, 3, 1, 0),
    "depthwise": (2, 3, 0, 1),
    "transposed": (2, 3, 1, 0),
    "dense": (1, 0),
}
"""Axes of a kernel of PyTorch in the order of Keras."""


def _of_layer(step: Step, layer: Any) -> list[npt.NDArray[np.float32]]:
    names = ("weight", "bias", "running_mean", "running_var")
    arrays = {
        name.rpartition(".")[2]: value.detach().numpy().astype(np.float32)
        for name, value in layer.state_dict().items()
    }
    if step.kind in AXES:
        arrays["weight"] = arrays["weight"].transpose(AXES[step.kind])
    return [np.ascontiguousarray(arrays[name]) for name in names if name in arrays]
