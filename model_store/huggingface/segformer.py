"""The SegFormer (Xie et al. 2021, https://arxiv.org/abs/2105.15203) of Hugging Face, as a Keras 3 graph."""

from pathlib import Path
from typing import Any

import numpy as np

from engine.arrays import Floats
from engine.errors import ModelError
from model_store.base import runtime
from model_store.base.folders import read_json, reason_of
from model_store.base.scaling import Scaling
from model_store.huggingface.segformer_arrays import load_segformer_weights
from model_store.huggingface.segformer_features import SegformerFeatures
from model_store.huggingface.segformer_graph import SegformerPlan, build_segformer_graph
from model_store.keras.network import KerasNetwork, Usage

_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)


class SegformerNetwork(KerasNetwork):
    """A SegFormer as a function of RGB 0-255; of its layers the stages are target layers.

    Args:
        plan: its measures.
        weights: the file of its weights.
        scaling: how colours are scaled before it.

    Raises:
        ModelError: the file does not fit.
    """

    def __init__(self, plan: SegformerPlan, weights: Path, scaling: Scaling) -> None:
        model, sources = build_segformer_graph(plan)
        self.parameters = load_segformer_weights(sources, len(plan.stages), weights)
        model.trainable = False
        super().__init__(model, Usage(target_layers=plan.target_layers, scaling=scaling))
        stages = [layer for layer in self.target_layers if layer.usual]
        self.target_layers = tuple(sorted(stages, key=lambda layer: layer.name))
        self.features = SegformerFeatures(self.graph, self.input_of, scaling.reverse)

    def input_of(self, pictures: Any) -> Any:
        """What the graph takes, of RGB 0-255; scaled as rows, since OpenVINO turns maps before they are."""
        tf = runtime.tensorflow()
        return tf.reshape(super().input_of(tf.reshape(pictures, (-1, 3))), tf.shape(pictures))


def load_segformer(
    folder: Path, weights: Path, classes: int, scaling: Scaling | None = None
) -> SegformerNetwork:
    """Reads a folder as the library saves it.

    Args:
        folder: holds ``config.json`` and ``preprocessor_config.json``.
        weights: the file of weights.
        classes: how many it has to answer.
        scaling: how colours are scaled before it, in place of what the folder says.

    Raises:
        ModelError: a file does not fit; the sentence names it.
    """
    settings = read_json(folder / "config.json")
    if settings.get("model_type") != "segformer":
        raise ModelError(
            "{path} describes a model of kind {kind}; a SegFormer was expected.",
            path=folder,
            kind=settings.get("model_type"),
        )
    try:
        plan = SegformerPlan.of(settings)
    except (TypeError, ValueError, LookupError) as error:
        raise ModelError(
            "{path} does not describe a SegFormer: {reason}.",
            path=folder / "config.json",
            reason=reason_of(error),
        ) from error
    if plan.classes != classes:
        raise ModelError(
            "{path} has {found} classes instead of {wanted}.",
            path=folder,
            found=plan.classes,
            wanted=classes,
        )
    return SegformerNetwork(
        plan, weights, scaling or Scaling(*normalisation(folder / "preprocessor_config.json"))
    )


def normalisation(path: Path) -> tuple[Floats, Floats]:
    """Factor and shift of each channel, float32 (3,) each, that make the network's input of RGB 0-255.

    Raises:
        ModelError: the file does not say them.
    """
    settings = read_json(path)
    try:
        scale = np.full(
            3, settings.get("rescale_factor", 1 / 255) if settings.get("do_rescale", True) else 1.0
        )
        shift = np.zeros(3)
        if settings.get("do_normalize", True):
            std = np.broadcast_to(np.asarray(settings.get("image_std", _STD), np.float64), 3)
            shift = -np.broadcast_to(np.asarray(settings.get("image_mean", _MEAN), np.float64), 3) / std
            scale = scale / std
        if not (np.isfinite(scale).all() and np.isfinite(shift).all()):
            raise ValueError("a value is not finite")
    except (TypeError, ValueError) as error:
        raise ModelError(
            "{path} does not say how colours are scaled: {reason}.", path=path, reason=reason_of(error)
        ) from error
    return scale.astype(np.float32), shift.astype(np.float32)
