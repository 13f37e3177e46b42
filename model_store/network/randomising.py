"""Random weights in place of trained ones, from the output of a network down to a depth.

As in the model parameter randomisation test of Adebayo et al. 2018 (https://arxiv.org/abs/1810.03292): each
layer draws its weights anew as its own initialiser says, biases become what they were before training, and
the statistics of batch normalisation are reset.
"""

import math
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from engine.errors import ModelError
from engine.phrase import later
from model_store.base import runtime
from model_store.base.randomised import Randomised
from model_store.network.graph import operations

CLOSED = later("The model {title} only returns outputs, so its weights cannot be randomised.")
NO_WEIGHTS = later("The model {title} has no layer whose weights can be randomised.")
NO_INITIALISER = later(
    "Layer {layer} does not say how its weights ({weight}) begin, so it cannot be randomised."
)

_ALSO_CALLED = {"kernel": ("depthwise_initializer",)}
"""Initialisers of weights that are not called as they are."""
_UNTRAINED = frozenset(("Normalization", "Rescaling", "Discretization"))
"""Layers whose weights prepare colours; no training has touched them."""
_SEED = "seed_generator_state"


def randomise(network: Any, asked: Randomised, title: str) -> tuple[str, ...]:
    """Draws weights of a network anew, in place; whoever calls it owns the network, and has not traced it.

    Args:
        network: one with a Keras ``graph``.
        asked: how deep, and the seed.
        title: of the model, for people.

    Returns:
        paths of the layers that are random now, from input to output.

    Raises:
        ModelError: it has no graph, or nothing to randomise.
    """
    graph = getattr(network, "graph", None)
    if graph is None:
        raise ModelError(CLOSED, title=title)
    layers = [(path, layer) for path, layer in _weighted(graph)]
    kernels = [place for place, (_, layer) in enumerate(layers) if _has_kernel(layer)]
    if not kernels:
        raise ModelError(NO_WEIGHTS, title=title)
    chosen = layers[_first(kernels, asked.share) :]
    draws = [(weight, _drawn(path, leaf, weight, asked.seed)) for path, leaf, weight in _weights(chosen)]
    for weight, values in draws:
        weight.assign(values)
    return tuple(path for path, _ in chosen)


def _first(kernels: Sequence[int], share: float) -> int:
    """The place of the first layer to be randomised, among those with weights; 0 where all are."""
    count = max(math.ceil(share * len(kernels)), 1)
    return 0 if count == len(kernels) else kernels[-count]


def _weighted(graph: Any) -> Iterator[tuple[str, Any]]:
    """Paths and layers that have learnt weights, each once."""
    seen = set[int]()
    for path, layer in operations(graph):
        if getattr(layer, "weights", ()) and type(layer).__name__ not in _UNTRAINED and id(layer) not in seen:
            seen.add(id(layer))
            yield path, layer


def _has_kernel(layer: Any) -> bool:
    return any(len(weight.shape) > 1 for weight in layer.weights)


def _weights(layers: Sequence[tuple[str, Any]]) -> Iterator[tuple[str, Any, Any]]:
    """Path, innermost layer and weight, of each weight; those of random numbers left out."""
    for path, layer in layers:
        for leaf in layer._flatten_layers(include_self=True, recursive=True):
            own = (*leaf._trainable_variables, *leaf._non_trainable_variables)
            yield from ((path, leaf, weight) for weight in own if weight.name != _SEED)


def _drawn(path: str, layer: Any, weight: Any, seed: int) -> Any:
    """What the initialiser of a weight gives, with a seed of its own."""
    initialiser = _initialiser(path, layer, weight)
    settings = initialiser.get_config()
    if "seed" in settings:
        digest = sha256(f"{seed} {path} {layer.name} {weight.name}".encode()).digest()
        settings = {**settings, "seed": int.from_bytes(digest[:4], "big") >> 1}
    return type(initialiser).from_config(settings)(tuple(weight.shape), dtype=weight.dtype)


def _initialiser(path: str, layer: Any, weight: Any) -> Any:
    """The layer's own; that of Keras for a kernel which was built only to be filled, with zeros."""
    initialisers = runtime.keras().initializers
    names = (f"{weight.name}_initializer", *_ALSO_CALLED.get(weight.name, ()))
    names = (*names, f"{weight.name.removesuffix('_kernel')}_initializer")
    found = next((own for name in names if (own := getattr(layer, name, None)) is not None), None)
    if found is None:
        raise ModelError(NO_INITIALISER, layer=path, weight=weight.name)
    constant = isinstance(found, initialisers.Zeros | initialisers.Ones | initialisers.Constant)
    return initialisers.GlorotUniform() if constant and len(weight.shape) > 1 else found
