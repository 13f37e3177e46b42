"""Any Keras 3 classifier as a loaded model."""

from typing import Any

import numpy as np

from engine.errors import ModelError
from engine.model import ModelFacts, Space
from model_store.base.entries import FixedSize
from model_store.keras.network import KerasNetwork, Usage
from model_store.network.traced_model import TracedModel

DEFAULT_SIDE = 224
"""Side in pixels of what is shown to a model that takes any size."""

_TOLERANCE = 1e-3
"""Of the largest output: half precision is that coarse."""


def classifier_of(model: Any, facts: ModelFacts, usage: Usage | None = None) -> TracedModel:
    """A classifier that somebody has built, ready to be explained; the given model is left as it is.

    Nested models are read as one. A last softmax or sigmoid is left out to get logits, and that this gives
    the model's own output again is tried on one picture of noise. A single sigmoid answers two classes: not,
    and yes.

    Args:
        model: a Keras 3 model, built: a graph of layers that takes one picture (N, H, W, 3 or 1) and gives
            (N, C).
        facts: what is known of it, with a label for each class (two for a single output).
        usage: how colours are scaled before it (``raw`` if it does so itself), and what is known of its
            layers.

    Raises:
        ModelError: it cannot be used; the sentence says why.
    """
    network = KerasNetwork(model, usage)
    height, width = (side or DEFAULT_SIDE for side in network.size_hw)
    loaded = TracedModel(facts, FixedSize(height, width), network)
    _refuse_another_answer(model, network, loaded)
    return loaded


def _refuse_another_answer(model: Any, network: KerasNetwork, loaded: TracedModel) -> None:
    """Lets only pass what gives the model's own answer.

    Raises:
        ModelError: it does not, since the model ends in a way that is not understood.
    """
    height, width = loaded.input_size_hw((0, 0))
    noise = np.random.default_rng(0).uniform(0, 255, (1, height, width, 3)).astype(np.float32)
    wanted = np.asarray(model(network.input_of(noise), training=False), np.float32)
    space: Space = "probability" if network.squashed else "logit"
    found = loaded.score_batch(noise, space)[
        :, -wanted.shape[-1] :
    ]  # of two classes, the second is the single output
    if (
        not np.isfinite(wanted).all()
        or np.abs(found - wanted).max() > _TOLERANCE * np.abs(wanted).max() + 1e-6
    ):
        raise ModelError(
            "The last layers of {title} cannot be told apart into logits and probabilities.",
            title=loaded.facts.title,
        )
