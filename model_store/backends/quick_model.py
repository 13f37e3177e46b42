"""A model that answers at once through its converted network.

It is loaded when something needs more than answers.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

from engine.arrays import Floats
from engine.errors import VitrineError
from engine.features import Features
from engine.filters import FilterParams, MaximisationState
from engine.model import Backend, LayerGradients, LoadedModel, ModelFacts, ReceptiveField, ReluRule, Space
from model_store.backends.converted import Converted
from model_store.backends.openvino_forward import OpenvinoForward
from model_store.base import runtime
from model_store.base.entries import Policy
from model_store.network.traced_model import refuse_other_pictures

logger = logging.getLogger(__name__)


class QuickModel:
    """See ``engine.model.LoadedModel``; TensorFlow is imported only for gradients, layers and what is made of
    them.

    Args:
        facts: what is known of it.
        policy: the size at which it looks at pictures.
        known: what was found out when it was converted.
        forward: runs the converted network.
        load: the model itself.
    """

    def __init__(
        self,
        facts: ModelFacts,
        policy: Policy,
        known: Converted,
        forward: OpenvinoForward,
        load: Callable[[], LoadedModel],
    ) -> None:
        self.facts, self._policy = facts, policy
        self.target_layers, self.traits = known.target_layers, known.traits
        self.backend = Backend()
        self._forward, self._load = forward, load
        self._lock = threading.Lock()
        self._whole: LoadedModel | None = None
        self._waking = threading.Event()

    @property
    def whole(self) -> LoadedModel:
        """The model itself, loaded once.

        Raises:
            ModelError: it cannot be loaded; the next call tries again.
        """
        with self._lock:
            self._whole = self._whole or self._load()
            return self._whole

    @property
    def features(self) -> Features:
        """See ``LoadedModel``."""
        return self.whole.features

    def preload(self) -> None:
        """Begin to load, once, in a thread of its own; what goes wrong is told to whoever needs it."""
        if self._waking.is_set():
            return
        self._waking.set()
        threading.Thread(target=self._wake, name="wake").start()

    def _wake(self) -> None:
        runtime.lower_priority()
        try:
            self.whole.preload()
        except VitrineError:
            logger.info("%s cannot be loaded ahead", self.facts.title, exc_info=True)

    def input_size_hw(self, picture_hw: tuple[int, int]) -> tuple[int, int]:
        return self._policy.size_hw(picture_hw)

    def score_batch(self, pictures: Floats, space: Space) -> Floats:
        refuse_other_pictures(pictures, self._policy)
        return self._forward(pictures, space)

    def layer_gradients(
        self, pictures: Floats, weights: Floats, target_layers: Sequence[str]
    ) -> dict[str, LayerGradients]:
        return self.whole.layer_gradients(pictures, weights, target_layers)

    def activations(self, pictures: Floats, layer: str) -> Floats:
        return self.whole.activations(pictures, layer)

    def answers_from(self, picture: Floats, layer: str, maps: Floats, space: Space) -> Floats:
        return self.whole.answers_from(picture, layer, maps, space)

    def input_gradients(self, pictures: Floats, weights: Floats, rule: ReluRule) -> Floats:
        return self.whole.input_gradients(pictures, weights, rule)

    def receptive_field(self, layer: str, size_hw: tuple[int, int]) -> ReceptiveField:
        return self.whole.receptive_field(layer, size_hw)

    def maximise(
        self, layer: str, state: MaximisationState, params: FilterParams, steps: int
    ) -> MaximisationState:
        return self.whole.maximise(layer, state, params, steps)

    def logits(self, pictures: Any) -> Any:
        return self.whole.logits(pictures)
