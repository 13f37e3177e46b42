"""Networks of keras.applications, built from code, with the weights that Keras publishes for ImageNet.

Keras is never asked for weights by name: it would fetch them into a folder of its own.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from model_store.base import runtime
from model_store.base.entries import Entry
from model_store.base.folders import reason_of
from model_store.keras.network import KerasNetwork, Usage

_IMAGENET_STD = (0.229, 0.224, 0.225)


def load_application(entry: Entry, weights: Path) -> KerasNetwork:
    """Builds the network of an entry and reads its weights.

    Args:
        entry: one with an ``application``.
        weights: ``*.h5`` as Keras publishes it, with the top for all classes.

    Raises:
        ModelError: the file does not fit.
    """
    model = build_application(entry)
    try:
        model.load_weights(weights)
    except Exception as error:  # h5py and Keras raise OSError, ValueError, KeyError ...
        raise ModelError(
            "The weights {path} cannot be read: {reason}. Please download the model again.",
            path=weights,
            reason=reason_of(error),
        ) from error
    if entry.application == "EfficientNetB0":
        _as_trained(model)
    model.trainable = False
    return KerasNetwork(model, Usage(entry.preset, entry.target_layers))


def build_application(entry: Entry) -> Any:
    """The network of an entry with random weights, giving logits.

    Keras numbers layers without a name for each thread: in a new one they are called the same, whatever was
    built before.
    """
    build = getattr(runtime.keras().applications, entry.application)
    with ThreadPoolExecutor(1) as new:
        return new.submit(
            build, weights=None, include_top=True, classes=len(entry.colours), classifier_activation=None
        ).result()


def _as_trained(model: Any) -> None:
    """Divides the scaled colours by one more root of the standard deviation.

    The first EfficientNets were trained on pictures over the standard deviation, and their files hold it
    where Keras expects the variance. Keras repairs that with a layer of its own, but only where it fetches
    the weights itself (https://github.com/tensorflow/tensorflow/issues/49930); here the variance is repaired.
    """
    layer = next(layer for layer in model.layers if type(layer).__name__ == "Normalization")
    layer.adapt_variance.assign(layer.adapt_variance * _IMAGENET_STD)
    layer.finalize_state()
