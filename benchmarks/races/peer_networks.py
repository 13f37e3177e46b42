"""Networks as people have them without Vitrine: what Xplique, lime and tf-keras-vis are given."""

from collections.abc import Callable
from typing import Any

from engine.arrays import Floats
from model_store.base import runtime
from model_store.base.folders import read_json, weight_file
from model_store.base.scaling import SCALINGS
from model_store.catalogue import CATALOGUE, ModelRef, availability, model_folder
from model_store.catalogue.imagenet import IMAGENET_ENTRIES
from model_store.huggingface.library_weights import load_weights
from model_store.huggingface.segformer import normalisation
from model_store.keras.application import build_application
from model_store.loading.load import load_model

PeerNetwork = Callable[[Any], Any]
"""Probabilities (N, C) or (N, h, w, C) of a tensor (N, H, W, 3), RGB 0-255."""


def hugging_face(key: str) -> PeerNetwork:
    """A SegFormer as the library runs it, in a graph, channels last; its output stays at a quarter of the
    size.
    """
    tf, transformers, folder = runtime.tensorflow(), runtime.transformers_tf(), model_folder(CATALOGUE[key])
    config = transformers.SegformerConfig.from_dict(
        read_json(folder / "config.json") | {"reshape_last_stage": True}
    )
    model = transformers.TFSegformerForSemanticSegmentation(config)
    model.build_in_name_scope()
    load_weights(model, weight_file(CATALOGUE[key]))
    scale, shift = normalisation(folder / "preprocessor_config.json")

    def probabilities(pictures: Any) -> Any:
        logits = model(tf.transpose(pictures * scale + shift, (0, 3, 1, 2)), training=False).logits
        return tf.nn.softmax(tf.transpose(logits, (0, 2, 3, 1)))

    return tf.function(probabilities, reduce_retracing=True)


def ours_in_tensorflow(key: str) -> PeerNetwork:
    """The same weights in the cheaper order of ``model_store.huggingface.segformer``, in TensorFlow."""
    tf, model = runtime.tensorflow(), load_model(ModelRef(key))
    return tf.function(lambda pictures: tf.nn.softmax(model.logits(pictures)), reduce_retracing=True)


def keras_model(key: str) -> Any:
    """A shipped Keras model as Keras reads it, giving logits of RGB 0-255."""
    from safetensors.numpy import load_file

    entry, models = CATALOGUE[key], runtime.keras().models
    model = models.model_from_json((model_folder(entry) / "architecture.json").read_text("utf-8"))
    arrays = load_file(weight_file(entry))
    for weight in model.weights:
        weight.assign(arrays[weight.path].astype("float32"))
    return model


def keras_network(key: str) -> PeerNetwork:
    """The same as a graph, giving probabilities."""
    tf, model = runtime.tensorflow(), keras_model(key)
    return tf.function(lambda pictures: tf.nn.softmax(model(pictures, training=False)), reduce_retracing=True)


def application(name: str) -> tuple[Any, str]:
    """A network of keras.applications giving logits, with its published weights where they were fetched; and
    which weights it has.
    """
    entry = next(entry for entry in IMAGENET_ENTRIES if entry.application == name)
    runtime.tensorflow()
    runtime.keras().utils.set_random_seed(0)
    model = build_application(entry)
    if not availability(entry).ready:
        return model, "random weights"
    model.load_weights(weight_file(entry))
    return model, "weights of ImageNet"


def prepared(name: str, image: Floats) -> Floats:
    """float32 (H, W, 3): RGB 0-255 as a network of keras.applications wants it."""
    entry = next(entry for entry in IMAGENET_ENTRIES if entry.application == name)
    scaling = SCALINGS[entry.preset]
    return (image[..., ::-1] if scaling.reverse else image) * scaling.scale + scaling.shift
