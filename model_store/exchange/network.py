"""A network in an exchange format as a function of images: it answers, and shows nothing of its inside."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.arrays import Floats
from engine.errors import ModelError
from engine.features import Features
from engine.method import FORWARDS_ONLY
from engine.model import TargetLayer
from model_store.base.scaling import Scaling
from model_store.exchange.compiled import CompiledNetwork
from model_store.exchange.layout import FIRST, classes_last, image_axis, places
from model_store.keras.network import LUMINANCE
from model_store.network.closed import CLOSED, ClosedFeatures
from model_store.network.graph import Hook, no_hook
from model_store.network.heads import SMALLEST, OutputActivation, OutputKind
from model_store.own.model import Kind


class ExchangeNetwork:
    """A network that OpenVINO runs, as a function of RGB 0-255; TensorFlow is not needed.

    Args:
        compiled: takes one image (N, C, H, W) or (N, H, W, C), of 3 or 1 channels, and gives one value for
            each class, or a map of them. A single value stands for two classes, with logits -z and z.
        kind: of its file.
        scaling: how colours are scaled before it.
        answer: what it gives.

    Raises:
        ModelError: it takes no image.
    """

    target_layers: tuple[TargetLayer, ...] = ()
    traits = frozenset((FORWARDS_ONLY,))

    def __init__(self, compiled: CompiledNetwork, kind: Kind, scaling: Scaling, answer: OutputKind) -> None:
        self._compiled, self._scaling, self._answer = compiled, scaling, answer
        self._axis = image_axis(compiled.shape, kind)
        height, width = (compiled.shape[place] for place in places(self._axis))
        self.size_hw: tuple[int | None, int | None] = (height, width)
        self.channels = int(compiled.shape[self._axis] or 0)
        self.parameters, self.operations = compiled.parameters, compiled.operations
        self.features: Features = ClosedFeatures()
        self.alone = False

    @property
    def output_activation(self) -> OutputActivation:
        """What makes probabilities of its logits."""
        return "sigmoid" if self.alone or self._answer == "sigmoid" else "softmax"

    def __call__(self, pictures: Any) -> Floats:
        """Logits float32 (N, C) or (N, h, w, C) of pictures float32 (N, H, W, 3), RGB 0-255."""
        outputs = self.outputs(self.input_of(np.asarray(pictures, np.float32)))
        self.alone = outputs.shape[-1] == 1
        logits = _logits_of(outputs, self._answer)
        return np.concatenate([-logits, logits], -1) if self.alone else logits

    def outputs(self, inputs: Floats) -> Floats:
        """What it gives, classes last, of what it takes, channels last."""
        height, width = inputs.shape[1:3]
        placed = inputs.transpose(0, 3, 1, 2) if self._axis == FIRST else inputs
        return np.ascontiguousarray(classes_last(self._compiled(placed), (height, width), self._axis))

    def input_of(self, pictures: Floats) -> Floats:
        """What it takes of RGB 0-255, channels last."""
        if self.channels == 1:
            return np.asarray(pictures @ LUMINANCE * self._scaling.scale[:1] + self._scaling.shift[:1])
        ordered = pictures[..., ::-1] if self._scaling.reverse else pictures
        return np.asarray(ordered * self._scaling.scale + self._scaling.shift, np.float32)

    def forward_with_activations(
        self, pictures: Any, target_layers: Sequence[str], hook: Hook = no_hook
    ) -> tuple[Any, dict[str, Any]]:
        """There are no target layers, and nothing can be derived."""
        raise ModelError(CLOSED)

    def forward_from(self, picture: Any, layer: str, maps: Any) -> Any:
        """There is no layer to begin at."""
        raise ModelError(CLOSED)

    def forward_to(self, pictures: Any, layer: str) -> Any:
        """There is nothing to reach."""
        raise ModelError(CLOSED)


def _logits_of(outputs: Floats, answer: OutputKind) -> Floats:
    """The same as ``model_store.network.heads.logits_of``, of arrays."""
    if answer == "logits":
        return outputs
    logits = np.log(np.maximum(outputs, SMALLEST))
    return logits if answer == "softmax" else logits - np.log(np.maximum(1 - outputs, SMALLEST))
