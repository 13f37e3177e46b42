"""The rest of a network after a layer: what it answers when other activations stand in that layer.

The graph is run as it is, with the layer's output replaced, so that it may branch and join as it likes:
residual sums, Inception's branches, the bridges of a U-Net, a SegFormer's other stages. What does not depend
on the layer is computed once, for the one image, and stands beside each of the replaced activations.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from engine.arrays import Floats
from engine.errors import ModelError
from engine.model import Space
from engine.phrase import later
from model_store.base import runtime
from model_store.network.graph import Call, Walk
from model_store.network.layer_gradients import Network, refuse_unknown_target_layers

KEPT_LAYERS = 6
"""Layers whose functions stay traced."""


@dataclass(frozen=True)
class WalkFrom(Walk):
    """A run through a graph for one image, in which the output of one operation is given, many times.

    Attributes:
        path: of the operation.
        maps: what stands in place of its output, (N, ...).
        depends: by their ids the tensors that were made of ``maps``, which are kept so that ids stay theirs.
    """

    path: str = ""
    maps: Any = None
    depends: dict[int, Any] = field(default_factory=dict)

    def _taken(self, graph: Any, inputs: Any) -> Any:
        """See ``Walk``; it is marked again, as Keras may make new tensors of what it is given."""
        taken = super()._taken(graph, inputs)
        return self._mark(taken) if self._reached(inputs) else taken

    def _step(self, operation: Any, path: str) -> Call:
        call = super()._step(operation, path)
        if path == self.path:
            return lambda *args, **kwargs: self._mark(self.maps)

        def step(*args: Any, **kwargs: Any) -> Any:
            if not self._reached((args, kwargs)):
                return call(*args, **kwargs)
            given, named = runtime.tensorflow().nest.map_structure(self._beside, (args, kwargs))
            return self._mark(call(*given, **named))

        return step

    def _reached(self, values: Any) -> bool:
        return any(id(value) in self.depends for value in runtime.tensorflow().nest.flatten(values))

    def _mark(self, values: Any) -> Any:
        self.depends.update((id(value), value) for value in runtime.tensorflow().nest.flatten(values))
        return values

    def _beside(self, value: Any) -> Any:
        """A value for each of the activations: what was made of the image alone is repeated."""
        tf = runtime.tensorflow()
        if not tf.is_tensor(value) or id(value) in self.depends or not value.shape.rank:
            return value
        return tf.repeat(value, tf.shape(self.maps)[0], axis=0) if value.shape[0] in (1, None) else value


class LayerScores:
    """Activations of a layer, and answers from replaced ones; functions are traced once for each layer.

    Args:
        network: whose layers are read.
        squash: makes probabilities of logits.
    """

    def __init__(self, network: Network, squash: Any) -> None:
        self._network, self._squash = network, squash
        self._reads = lru_cache(KEPT_LAYERS)(self._trace_read)
        self._shape = lru_cache(4 * KEPT_LAYERS)(self._find_shape)
        self._answers = lru_cache(KEPT_LAYERS)(self._trace_answer)

    def activations(self, pictures: Floats, layer: str) -> Floats:
        """See ``engine.model.LoadedModel.activations``."""
        refuse_unknown_target_layers(self._network, [layer])
        found: Floats = self._reads(layer)(_tensor(pictures)).numpy()
        return found

    def answers(self, picture: Floats, layer: str, maps: Floats, space: Space) -> Floats:
        """See ``engine.model.LoadedModel.answers_from``."""
        refuse_unknown_target_layers(self._network, [layer])
        own = self._shape(layer, picture.shape[:2])
        if maps.ndim != 4 or maps.shape[1:] != own:
            text = later("The layer {layer} makes {own} numbers of this image; received {shape}.")
            raise ModelError(text, layer=layer, own=own, shape=maps.shape[1:])
        logits, shares = self._answers(layer)(_tensor(picture[None]), _tensor(maps))
        found: Floats = (logits if space == "logit" else shares).numpy()
        return found

    def _find_shape(self, layer: str, size_hw: tuple[int, int]) -> tuple[int, ...]:
        nothing = np.zeros((1, *size_hw, 3), np.float32)
        return tuple(self._reads(layer)(_tensor(nothing)).shape[1:])

    def _trace_read(self, layer: str) -> Any:
        tf = runtime.tensorflow()
        return tf.function(
            lambda pictures: tf.cast(
                self._network.forward_with_activations(pictures, (layer,))[1][layer], tf.float32
            ),
            autograph=False,
            reduce_retracing=True,
        )

    def _trace_answer(self, layer: str) -> Any:
        tf = runtime.tensorflow()

        def answer(picture: Any, maps: Any) -> Sequence[Any]:
            logits = self._network.forward_from(picture, layer, maps)
            return logits, self._squash(logits)

        return tf.function(answer, autograph=False, reduce_retracing=True)


def _tensor(values: Floats) -> Any:
    tf = runtime.tensorflow()
    return tf.constant(np.asarray(values, np.float32))
