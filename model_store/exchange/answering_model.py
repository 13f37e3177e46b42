"""A loaded model that answers without TensorFlow, and does nothing else."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import expit, logsumexp, softmax

from engine.arrays import Floats
from engine.errors import ModelError
from engine.features import Features
from engine.filters import FilterParams, MaximisationState
from engine.model import (
    OPENVINO_F32,
    Backend,
    LayerGradients,
    ModelFacts,
    ReceptiveField,
    ReluRule,
    Space,
)
from model_store.base.entries import Grouping, Policy
from model_store.exchange.network import ExchangeNetwork
from model_store.network.closed import CLOSED
from model_store.network.traced_model import refuse_other_answers, refuse_other_pictures

BACKEND = Backend(OPENVINO_F32)


class AnsweringModel:
    """See ``engine.model.LoadedModel``; what needs gradients or layers is refused in words.

    Args:
        facts: what is known of it, after grouping.
        policy: the size at which it looks at pictures.
        network: runs it.
        grouping: categories to sum its classes up to, or None.
    """

    def __init__(
        self, facts: ModelFacts, policy: Policy, network: ExchangeNetwork, grouping: Grouping | None = None
    ) -> None:
        self.facts, self.backend = facts, BACKEND
        self.target_layers, self.traits = network.target_layers, network.traits
        self.features: Features = network.features
        self._policy, self._network, self._grouping = policy, network, grouping

    @property
    def gradient_backend(self) -> Backend:
        """Nothing computes gradients."""
        return Backend()

    def preload(self) -> None:
        """Nothing more is needed."""

    def input_size_hw(self, picture_hw: tuple[int, int]) -> tuple[int, int]:
        return self._policy.size_hw(picture_hw)

    def score_batch(self, pictures: Floats, space: Space) -> Floats:
        refuse_other_pictures(pictures, self._policy)
        logits = self._network(pictures)
        if self._grouping is not None:
            logits = _grouped(logits, self._grouping)
        refuse_other_answers(self.facts, logits.shape)
        if space == "logit":
            return logits
        squash = expit if self._network.output_activation == "sigmoid" else _softmax
        return np.asarray(squash(logits), np.float32)

    def layer_gradients(
        self, pictures: Floats, weights: Floats, target_layers: Sequence[str]
    ) -> dict[str, LayerGradients]:
        raise ModelError(CLOSED)

    def activations(self, pictures: Floats, layer: str) -> Floats:
        raise ModelError(CLOSED)

    def answers_from(self, picture: Floats, layer: str, maps: Floats, space: Space) -> Floats:
        raise ModelError(CLOSED)

    def input_gradients(self, pictures: Floats, weights: Floats, rule: ReluRule) -> Floats:
        raise ModelError(CLOSED)

    def receptive_field(self, layer: str, size_hw: tuple[int, int]) -> ReceptiveField:
        raise ModelError(CLOSED)

    def maximise(
        self, layer: str, state: MaximisationState, params: FilterParams, steps: int
    ) -> MaximisationState:
        raise ModelError(CLOSED)

    def logits(self, pictures: Any) -> Any:
        raise ModelError(CLOSED)


def _softmax(logits: Floats) -> Floats:
    return np.asarray(softmax(logits, axis=-1))


def _grouped(logits: Floats, grouping: Grouping) -> Floats:
    """Logits (..., K) of K categories: their softmax is the sum of those of the classes of each."""
    table = np.array(grouping.of_class)
    members = [np.flatnonzero(table == category) for category in range(len(grouping.labels))]
    columns = [logsumexp(logits[..., own], axis=-1) for own in members]
    return np.stack(columns, axis=-1).astype(np.float32)
