"""A model that answers at once through its converted network, and so do its gradients where that agrees.

It is loaded when something needs more.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

from engine.arrays import Floats
from engine.errors import VitrineError
from engine.features import Features
from engine.filters import FilterParams, MaximisationState
from engine.model import Backend, LayerGradients, ModelFacts, ReceptiveField, ReluRule, Space
from model_store.backends.gradient_choice import Derives, GradientPlace, find_gradients
from model_store.backends.openvino_forward import OpenvinoForward
from model_store.backends.openvino_gradients import OpenvinoGradients
from model_store.base import runtime
from model_store.base.entries import Policy
from model_store.network.layer_gradients import refuse_unknown_target_layers
from model_store.network.traced_model import TracedModel, refuse_other_pictures
from settings import settings

logger = logging.getLogger(__name__)


class QuickModel:
    """See ``engine.model.LoadedModel``; TensorFlow is imported only for gradients that OpenVINO does not
    give, for replaced activations and for pictures of what a channel answers to.

    Args:
        facts: what is known of it.
        policy: the size at which it looks at pictures.
        place: where its networks are kept, with what was found out when it was converted.
        forward: runs the converted network.
        load: the model itself.
    """

    def __init__(
        self,
        facts: ModelFacts,
        policy: Policy,
        place: GradientPlace,
        forward: OpenvinoForward,
        load: Callable[[], TracedModel],
    ) -> None:
        self.facts, self._policy = facts, policy
        self.target_layers, self.traits = place.record.target_layers, place.record.traits
        self.backend = Backend()
        self._forward, self._load, self._place = forward, load, place
        self._lock, self._gradient_lock = threading.Lock(), threading.Lock()
        self._whole: TracedModel | None = None
        self._gradients: tuple[Backend, OpenvinoGradients | None] | None = None
        self._waking = threading.Event()

    @property
    def whole(self) -> TracedModel:
        """The model itself, loaded once.

        Raises:
            ModelError: it cannot be loaded; the next call tries again.
        """
        with self._lock:
            self._whole = self._whole or self._load()
            return self._whole

    @property
    def gradient_backend(self) -> Backend:
        """What computes gradients; found out where that was not done before."""
        return self._found()[0]

    def _found(self) -> tuple[Backend, OpenvinoGradients | None]:
        if settings().gradients == "tensorflow":
            return Backend(), None
        with self._gradient_lock:
            self._gradients = self._gradients or find_gradients(self._place, lambda: self.whole)
            return self._gradients

    @property
    def _derives(self) -> Derives:
        return self._found()[1] or self.whole

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
            _, compiled = self._found()
            if compiled is None:
                self.whole.preload()
            else:
                compiled.preload(self._place.size_hw)
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
        refuse_other_pictures(pictures, self._policy)
        refuse_unknown_target_layers(self, target_layers)
        return self._derives.layer_gradients(pictures, weights, target_layers)

    def activations(self, pictures: Floats, layer: str) -> Floats:
        return self.whole.activations(pictures, layer)

    def answers_from(self, picture: Floats, layer: str, maps: Floats, space: Space) -> Floats:
        return self.whole.answers_from(picture, layer, maps, space)

    def input_gradients(self, pictures: Floats, weights: Floats, rule: ReluRule) -> Floats:
        refuse_other_pictures(pictures, self._policy)
        return self._derives.input_gradients(pictures, weights, rule)

    def receptive_field(self, layer: str, size_hw: tuple[int, int]) -> ReceptiveField:
        return self.whole.receptive_field(layer, size_hw)

    def maximise(
        self, layer: str, state: MaximisationState, params: FilterParams, steps: int
    ) -> MaximisationState:
        return self.whole.maximise(layer, state, params, steps)

    def logits(self, pictures: Any) -> Any:
        return self.whole.logits(pictures)
