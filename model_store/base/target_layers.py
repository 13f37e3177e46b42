"""Target layers of a network: those that may be looked at, those worth it, and the best one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import ModelError
from engine.model import TargetLayer

ACTIVATIONS = ("Activation", "ELU", "LeakyReLU", "PReLU", "ReLU")
_MERGES = ("Add", "Average", "Concatenate", "Maximum")
_NORMALISATIONS = ("BatchNormalization", "GroupNormalization", "LayerNormalization")
_CONVOLUTIONS = ("Conv2D", "Conv2DTranspose", "DepthwiseConv2D", "SeparableConv2D")

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class TargetLayerChoice:
    """What is known of the layers of one kind of network.

    Attributes:
        usual: names of the layers worth looking at, from input to output; empty to take the last one at each
            size of map.
        best: name of the one for class activation maps; empty to take the last one that has a place.
    """

    usual: tuple[str, ...] = ()
    best: str = ""


def make_target_layers(
    layers: Sequence[tuple[str, Any]], shapes: Mapping[str, Shape], choice: TargetLayerChoice
) -> tuple[TargetLayer, ...]:
    """The target layers of a network.

    Args:
        layers: paths and operations, from input to output, without those that make the output.
        shapes: shape of the output of each.
        choice: what is known of them.

    Raises:
        ModelError: the network has no layer that is named in ``choice``.
    """
    placed = {path: shapes[path] for path, _ in layers if _has_place(shapes.get(path, ()))}
    named = {*choice.usual, choice.best} - {""}
    if not named <= placed.keys():
        raise ModelError("The network has no layer {name} with a map.", name=sorted(named - placed.keys())[0])
    kept = [path for path, layer in layers if path in placed and (path in named or _ends_a_step(layer))]
    kept += _bare_end([(path, layer) for path, layer in layers if path in placed], kept)
    best = choice.best or (kept[-1] if kept else "")
    usual = choice.usual or tuple({placed[path][1:3]: path for path in kept}.values())
    branches = {path for path, layer in layers if _is_branch(layer)}
    return tuple(
        TargetLayer(path, int(placed[path][-1] or 0), path in usual, path == best, path in branches)
        for path in kept
    )


def _ends_a_step(layer: Any) -> bool:
    """An activation, inside a layer or of its own, or a joint of branches that is not normalised or activated
    afterwards.
    """
    activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
    kind = type(layer).__name__
    if kind in _MERGES:
        followers = [node.operation for node in layer._outbound_nodes]
        return not any(type(follower).__name__ in (*_NORMALISATIONS, *ACTIVATIONS) for follower in followers)
    return activation != "linear" or (kind in ACTIVATIONS and kind != "Activation")


def _is_branch(layer: Any) -> bool:
    """Whether all that follows is a concatenation with others."""
    followers = [node.operation for node in getattr(layer, "_outbound_nodes", ())]
    return bool(followers) and all(type(follower).__name__ == "Concatenate" for follower in followers)


def _bare_end(layers: Sequence[tuple[str, Any]], kept: Sequence[str]) -> list[str]:
    """The last convolution, if nothing that is kept comes after it."""
    paths = [path for path, _ in layers]
    bare = [path for path, layer in layers if type(layer).__name__ in _CONVOLUTIONS][-1:]
    return bare if bare and all(paths.index(path) < paths.index(bare[0]) for path in kept) else []


def _has_place(shape: Shape) -> bool:
    """Whether it is a map (N, h, w, K) with more than one position."""
    return len(shape) == 4 and tuple(shape[1:3]) != (1, 1)
