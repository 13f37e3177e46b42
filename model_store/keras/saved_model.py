"""A SavedModel as a network: it answers, and shows nothing of its inside."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from engine.features import Features
from engine.method import FORWARDS_ONLY
from engine.model import TargetLayer
from engine.phrase import later
from model_store.base import runtime
from model_store.base.scaling import Scaling
from model_store.network.closed import CLOSED, ClosedFeatures
from model_store.network.graph import Hook, no_hook
from model_store.network.heads import OutputActivation, OutputKind, logits_of

SIGNATURES = ("serving_default", "serve")


class SavedNetwork:
    """A signature of a SavedModel as a function of RGB 0-255.

    Args:
        signature: takes one picture (N, H, W, 3) and gives one output (N, ..., C).
        scaling: how colours are scaled before it.
        answer: what it gives.

    Raises:
        ModelError: it takes or gives something else.
    """

    target_layers: tuple[TargetLayer, ...] = ()
    owner: Any = None
    """What its variables live as long as."""
    traits = frozenset((FORWARDS_ONLY,))
    parameters = 0

    def __init__(self, signature: Any, scaling: Scaling, answer: OutputKind) -> None:
        self._signature, self._scaling, self._answer = signature, scaling, answer
        inputs, outputs = signature.structured_input_signature[1], signature.structured_outputs
        if len(inputs) != 1 or len(outputs) != 1:
            text = (
                "The model has {inputs} inputs and {outputs} outputs; one image and one answer were expected."
            )
            raise ModelError(text, inputs=len(inputs), outputs=len(outputs))
        (self._input, spec), (self._output, answered) = (
            next(iter(inputs.items())),
            next(iter(outputs.items())),
        )
        shape = tuple(spec.shape) if spec.shape.rank is not None else ()
        if (
            len(shape) != 4
            or shape[-1] != 3
            or answered.shape.rank not in (2, 4)
            or answered.shape[-1] is None
        ):
            text = later(
                "The model takes {taken} and returns {given}; an image (number, height, width, 3) "
                "and a value for each class were expected."
            )
            raise ModelError(text, taken=shape, given=answered.shape)
        self.size_hw = (shape[1], shape[2])
        self._dtype, self.alone = spec.dtype, answered.shape[-1] == 1
        self.output_activation: OutputActivation = (
            "sigmoid" if self.alone or answer == "sigmoid" else "softmax"
        )
        self.features: Features = ClosedFeatures()

    def __call__(self, pictures: Any) -> Any:
        """Logits (N, ..., C) of a float32 tensor (N, H, W, 3), RGB 0-255."""
        tf = runtime.tensorflow()
        ordered = pictures[..., ::-1] if self._scaling.reverse else pictures
        scaled = tf.cast(ordered * self._scaling.scale + self._scaling.shift, self._dtype)
        logits = logits_of(
            tf, tf.cast(self._signature(**{self._input: scaled})[self._output], tf.float32), self._answer
        )
        return tf.concat([-logits, logits], -1) if self.alone else logits

    def forward_with_activations(
        self, pictures: Any, target_layers: Sequence[str], hook: Hook = no_hook
    ) -> tuple[Any, dict[str, Any]]:
        """The same logits; there are no target layers."""
        hook(pictures)
        return self(pictures), {}

    def forward_from(self, picture: Any, layer: str, maps: Any) -> Any:
        """There is no layer to begin at."""
        raise ModelError(CLOSED)

    def forward_to(self, pictures: Any, layer: str) -> Any:
        """The logits; there is nothing else to reach."""
        return self(pictures)


def load_saved_model(folder: Path, scaling: Scaling, answer: OutputKind) -> SavedNetwork:
    """Reads a folder as TensorFlow 2 or ``model.export`` writes it.

    Raises:
        ModelError: it has no signature that can be used.
    """
    loaded = runtime.tensorflow().saved_model.load(str(folder))
    for name in SIGNATURES:
        if name in loaded.signatures:
            network = SavedNetwork(loaded.signatures[name], scaling, answer)
            network.owner = loaded
            network.parameters = sum(
                int(variable.shape.num_elements() or 0) for variable in loaded.signatures[name].variables
            )
            return network
    raise ModelError(
        "The SavedModel has no signature {names}. Please save it with model.export(...).",
        names=" or ".join(SIGNATURES),
    )
