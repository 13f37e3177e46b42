"""Features of a Keras network on a picture."""

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

import numpy as np

from engine.arrays import Floats
from engine.errors import ModelError
from engine.features import FirstKernels, LayerFacts, LayerMaps
from engine.phrase import later
from model_store.base import runtime
from model_store.network.activations import FusedActivation, fused_activation_of
from model_store.network.graph import Walk, operations, shapes

KEPT_SIZES = 4


class KerasFeatures:
    """All operations of a graph that give maps; nothing in the graph is changed.

    Args:
        graph: of a Keras model.
        input_of: makes what the graph takes of pictures float32 (N, H, W, 3), RGB 0-255.
        turned: the graph takes blue, green, red.
    """

    def __init__(self, graph: Any, input_of: Callable[[Any], Any], turned: bool) -> None:
        self._graph, self._input_of, self._turned = graph, input_of, turned
        self._operations = dict(operations(graph))
        self._endings = {path: fused_activation_of(operation) for path, operation in self._operations.items()}
        self._sized = lru_cache(KEPT_SIZES)(self._measure)

    def layers(self, size_hw: tuple[int, int]) -> tuple[LayerFacts, ...]:
        """All operations that give maps, from input to output; see ``engine.model.Features``."""
        return self._sized(size_hw)

    def layer_maps(self, picture: Floats, layer: str) -> LayerMaps:
        """Maps of one operation, before and after its activation."""
        height, width, _ = picture.shape
        _refuse_unknown(layer, self.layers((height, width)))
        ending, kept = self._endings[layer], _Kept()
        walk = Walk(
            frozenset((layer,)),
            {} if ending is None else {layer: _in_two_steps(ending, kept)},
            hook=kept.stop,
        )
        with suppress(_SeenEnough):
            walk.through(self._graph, self._input_of(runtime.tensorflow().constant(picture[None], "float32")))
        return LayerMaps(_array(walk.seen[layer]), None if kept.before is None else _array(kept.before))

    def attention(self, picture: Floats, layer: str, query_rc: tuple[int, int]) -> Floats:
        """There are no attention blocks in a graph of Keras' own plain layers."""
        raise ModelError(
            "{layer!r} is no attention block; this model has none. Please select another model.", layer=layer
        )

    def kernels(self) -> FirstKernels:
        """The kernels of the first convolution, in the order red, green, blue."""
        for path, operation in self._operations.items():
            kernel = getattr(operation, "kernel", None)
            if kernel is not None and len(kernel.shape) == 4:
                return FirstKernels(path, _of_colours(path, np.asarray(kernel, np.float32), self._turned))
        raise ModelError("This model has no convolution, so there are no kernels to show.")

    def _measure(self, size_hw: tuple[int, int]) -> tuple[LayerFacts, ...]:
        found = shapes(self._graph, size_hw)
        return tuple(
            _facts(path, self._operations[path], found[path], self._endings[path])
            for path in found
            if _is_map(found[path])
        )


class _SeenEnough(Exception):
    """The step that was asked for is done; what comes after it is not needed."""


class _Kept:
    """What a walk leaves behind besides the output of the step."""

    before: Any = None

    def stop(self, output: Any) -> None:
        raise _SeenEnough


def _in_two_steps(ending: FusedActivation, kept: _Kept) -> Callable[..., Any]:
    """The operation, which keeps what its activation was given."""

    def call(*args: Any, **kwargs: Any) -> Any:
        kept.before = ending.before(*args, **kwargs)
        return ending.function(kept.before)

    return call


def _refuse_unknown(layer: str, known: tuple[LayerFacts, ...]) -> None:
    names = [facts.name for facts in known if not facts.attends]
    if layer not in names:
        raise ModelError(
            "There is no layer {layer!r} with maps; there are {known}.", layer=layer, known=", ".join(names)
        )


def _facts(
    path: str, operation: Any, shape: tuple[int | None, ...], ending: FusedActivation | None
) -> LayerFacts:
    _, height, width, channels = (int(side or 0) for side in shape)
    return LayerFacts(
        path, type(operation).__name__, (height, width, channels), ending.name if ending else ""
    )


def _is_map(shape: tuple[int | None, ...]) -> bool:
    """Whether it is (N, h, w, K) with more than one place."""
    return len(shape) == 4 and None not in shape[1:] and tuple(shape[1:3]) != (1, 1)


def _of_colours(path: str, kernel: Floats, turned: bool) -> Floats:
    if kernel.shape[2] != 3:
        text = later(
            "The first convolution, {layer}, weights {found} channels instead of red, green and "
            "blue. Its kernels are not colours."
        )
        raise ModelError(text, layer=path, found=kernel.shape[2])
    return kernel[:, :, ::-1] if turned else kernel


def _array(tensor: Any) -> Floats:
    return np.asarray(tensor, np.float32)[0]
