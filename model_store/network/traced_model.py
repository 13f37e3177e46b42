"""A loaded model, whatever it answers and whatever network is inside."""

import threading
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np

from engine.arrays import Floats
from engine.errors import ModelError
from engine.filters import OUTPUT, FilterParams, MaximisationState
from engine.model import Backend, LayerGradients, ModelFacts, ReceptiveField, ReluRule, Space
from model_store.base import runtime
from model_store.base.entries import Grouping, Policy
from model_store.network.activation_maximisation import GradientAscent
from model_store.network.from_layer import LayerScores
from model_store.network.frozen import LAYER, freeze, mark_layers
from model_store.network.graph import Hook, no_hook
from model_store.network.input_gradients import InputGradients, traits_of
from model_store.network.layer_gradients import Network, layer_gradients
from model_store.network.receptive_field import receptive_field

KEPT_FIELDS = 32


class TracedModel:
    """A segmentation model or a classifier in memory; see ``engine.model.LoadedModel``.

    Both functions are traced here, once, for any number of pictures (and any size, where the policy leaves it
    open): later calls change nothing, so threads may share it.

    Args:
        facts: what is known of it, after grouping.
        policy: the size at which it looks at pictures.
        network: its weights and how they are used.
        grouping: categories to sum its classes up to, or None.

    Raises:
        ModelError: the network answers another number of classes, or something else than the task asks for.
    """

    def __init__(
        self, facts: ModelFacts, policy: Policy, network: Network, grouping: Grouping | None = None
    ) -> None:
        tf = runtime.tensorflow()
        self.facts = facts
        self.target_layers, self.features = network.target_layers, network.features
        self.backend = Backend()
        self._policy = policy
        self._network = network if grouping is None else _GroupedNetwork(network, grouping)
        self._climber = GradientAscent(self._network)
        self._field = lru_cache(KEPT_FIELDS)(partial(receptive_field, self._network))
        self._tf = tf
        self._pictures = pictures = tf.TensorSpec((None, *policy.fixed_hw, 3), tf.float32)
        self._squash = {"softmax": tf.nn.softmax, "sigmoid": tf.nn.sigmoid}[network.output_activation]

        self._from_layers = LayerScores(self._network, self._squash)

        # nothing inside is Python code that depends on values, so rewriting it (autograph) would only cost
        # seconds
        self._logits = tf.function(self._network.__call__, input_signature=[pictures], autograph=False)
        self._probabilities = tf.function(
            lambda images: self._squash(self._logits(images)), input_signature=[pictures], autograph=False
        )
        traced = self._logits.get_concrete_function()
        output_shape = tuple(traced.output_shapes)
        refuse_other_answers(facts, output_shape)
        self.traits = traits_of(traced.graph) | network.traits
        self._input_gradients = InputGradients(self.frozen, policy.fixed_hw, output_shape)
        self._probabilities.get_concrete_function()

    def input_size_hw(self, picture_hw: tuple[int, int]) -> tuple[int, int]:
        """Height and width in pixels at which it looks at a picture of the given size."""
        return self._policy.size_hw(picture_hw)

    def score_batch(self, pictures: Floats, space: Space) -> Floats:
        """Outputs float32 (N, C) or (N, h, w, C) of pictures float32 (N, H, W, 3), RGB 0-255; without
        gradients.

        Raises:
            ModelError: the pictures have another shape.
        """
        refuse_other_pictures(pictures, self._policy)
        run = self._probabilities if space == "probability" else self._logits
        outputs: Floats = run(self._tf.constant(pictures, self._tf.float32)).numpy()
        return outputs

    def layer_gradients(
        self, pictures: Floats, weights: Floats, target_layers: Sequence[str]
    ) -> dict[str, LayerGradients]:
        """Activations and gradients of layers by one forward and one backward; weights are shaped as the
        output.

        Raises:
            ModelError: there is no such target layer, or the pictures or the weights have another shape.
        """
        refuse_other_pictures(pictures, self._policy)
        return layer_gradients(self._network, pictures, weights, target_layers)

    def activations(self, pictures: Floats, layer: str) -> Floats:
        """What a layer makes of pictures, float32 (N, h, w, K), without gradients.

        Raises:
            ModelError: there is no such target layer, or the pictures have another shape.
        """
        refuse_other_pictures(pictures, self._policy)
        return self._from_layers.activations(pictures, layer)

    def answers_from(self, picture: Floats, layer: str, maps: Floats, space: Space) -> Floats:
        """Outputs for one picture with maps (N, h, w, K) in place of what a layer makes of it.

        Raises:
            ModelError: there is no such target layer, or picture or maps have another shape.
        """
        refuse_other_pictures(picture[None], self._policy)
        return self._from_layers.answers(picture, layer, maps, space)

    def input_gradients(self, pictures: Floats, weights: Floats, rule: ReluRule) -> Floats:
        """Derivatives float32 (N, H, W, 3) of sum(weights[n] * logits[n]) by each picture; weights are shaped
        as the output.

        Raises:
            ModelError: there is no such rule, or the pictures or the weights have another shape.
        """
        refuse_other_pictures(pictures, self._policy)
        return self._input_gradients(pictures, weights, rule)

    def frozen(self) -> Any:
        """Its graph without variables, with the operations "logit" and "probability"; see
        ``model_store.network.frozen``.
        """

        def answers(images: Any) -> dict[str, Any]:
            logits = self._logits(images)
            return {"logit": logits, "probability": self._squash(logits)}

        return freeze(answers, self._pictures)

    def frozen_with_layers(self) -> Any:
        """Its graph without variables, with the operation "logit" and all target layers, each marked; see
        ``model_store.network.frozen``.
        """
        names = [layer.name for layer in self.target_layers]

        def answers(images: Any) -> dict[str, Any]:
            logits, seen = self._network.forward_with_activations(images, names)
            layers = {LAYER.format(number=number): seen[name] for number, name in enumerate(names)}
            return {"logit": logits, **layers}

        return mark_layers(freeze(answers, self._pictures), len(names))

    @property
    def gradient_backend(self) -> Backend:
        """TensorFlow."""
        return Backend()

    def receptive_field(self, layer: str, size_hw: tuple[int, int]) -> ReceptiveField:
        """How far a cell in the middle of a layer sees: up, left, down, right, as shares of the picture.

        Raises:
            ModelError: there is no such target layer.
        """
        return self._field(layer, size_hw)

    def maximise(
        self, layer: str, state: MaximisationState, params: FilterParams, steps: int
    ) -> MaximisationState:
        """Pictures changed some more times so that each makes its own channel of a layer answer more.

        Raises:
            ModelError: there is no such target layer, or it gives no numbers.
        """
        return self._climber.advance(layer, state, params, steps)

    def logits(self, pictures: Any) -> Any:
        """Differentiable logits (N, C) or (N, h, w, C) of a tensor (N, H, W, 3), RGB 0-255."""
        return self._logits(self._tf.cast(pictures, self._tf.float32))

    def preload(self) -> None:
        """Begin to trace what gradients need."""
        threading.Thread(target=self._wake, name="wake").start()

    def _wake(self) -> None:
        runtime.lower_priority()
        self._input_gradients.traced()


def refuse_other_pictures(pictures: Floats, policy: Policy) -> None:
    """Lets only pictures pass that a model looks at.

    Raises:
        ModelError: they have another shape.
    """
    fixed = policy.fixed_hw
    if (
        pictures.ndim != 4
        or pictures.shape[-1] != 3
        or 0 in pictures.shape
        or fixed not in ((None, None), pictures.shape[1:3])
    ):
        size = "height, width" if None in fixed else f"{fixed[0]}, {fixed[1]}"
        raise ModelError(
            "Images are an array (number, {size}, 3); received {shape}.", size=size, shape=pictures.shape
        )


def refuse_other_answers(facts: ModelFacts, shape: tuple[int | None, ...]) -> None:
    """Lets only answers pass that are of a model's task and classes.

    Raises:
        ModelError: they have another shape.
    """
    if len(shape) != {"classification": 2, "segmentation": 4}[facts.task]:
        raise ModelError(
            "The output {shape} of {title} is no {task}.", shape=shape, title=facts.title, task=facts.task
        )
    if shape[-1] != len(facts.labels):
        raise ModelError(
            "The weights of {title} give {found} classes instead of {wanted}. Please download the "
            "model again.",
            title=facts.title,
            found=shape[-1],
            wanted=len(facts.labels),
        )


class _GroupedNetwork:
    """A network whose classes are summed up to categories."""

    def __init__(self, network: Network, grouping: Grouping) -> None:
        self.target_layers, self.features, self.output_activation, self.traits = (
            network.target_layers,
            network.features,
            network.output_activation,
            network.traits,
        )
        self._network, self._grouping = network, grouping

    def __call__(self, pictures: Any) -> Any:
        return _grouped(runtime.tensorflow(), self._network(pictures), self._grouping)

    def forward_with_activations(
        self, pictures: Any, target_layers: Sequence[str], hook: Hook = no_hook
    ) -> tuple[Any, dict[str, Any]]:
        logits, seen = self._network.forward_with_activations(pictures, target_layers, hook)
        return _grouped(runtime.tensorflow(), logits, self._grouping), seen

    def forward_from(self, picture: Any, layer: str, maps: Any) -> Any:
        logits = self._network.forward_from(picture, layer, maps)
        return _grouped(runtime.tensorflow(), logits, self._grouping)

    def forward_to(self, pictures: Any, layer: str) -> Any:
        reached = self._network.forward_to(pictures, layer)
        return _grouped(runtime.tensorflow(), reached, self._grouping) if layer == OUTPUT else reached


def _grouped(tf: Any, logits: Any, grouping: Grouping) -> Any:
    """Logits (..., K) of K categories: their softmax is the sum of the probabilities of the
    classes of each.
    """
    table = np.array(grouping.of_class)
    members = [np.flatnonzero(table == category) for category in range(len(grouping.labels))]
    return tf.stack(
        [tf.reduce_logsumexp(tf.gather(logits, own, axis=-1), axis=-1) for own in members], axis=-1
    )
