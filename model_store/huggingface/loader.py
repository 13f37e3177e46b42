"""Folders of Hugging Face: SegFormers, and image classifiers that the library can run on TensorFlow."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from engine.arrays import Floats
from engine.errors import ModelError
from engine.features import Features, FirstKernels, LayerFacts, LayerMaps
from engine.filters import OUTPUT
from engine.model import TargetLayer
from engine.phrase import later
from model_store.base import runtime
from model_store.base.folders import read_json, reason_of
from model_store.base.scaling import Scaling
from model_store.huggingface.library_weights import load_weights
from model_store.huggingface.segformer import load_segformer, normalisation
from model_store.network.graph import Hook, no_hook
from model_store.network.heads import OutputActivation
from model_store.network.layer_gradients import Network
from model_store.own.kinds import CONFIG, PREPROCESSOR

USUAL_SIDE = 224
SIDES = (16, 1024)


@dataclass(frozen=True)
class ClassifierFamily:
    """A kind of classifier.

    Attributes:
        config: class of its configuration.
        model: class of the model.
        stages: where the layers are whose outputs are looked at.
        tokens: whether these give rows of tokens in place of maps; the class is then read from a token of its
            own.
    """

    config: str
    model: str
    stages: str
    tokens: bool = False


FAMILIES: Mapping[str, ClassifierFamily] = MappingProxyType(
    {
        "convnext": ClassifierFamily(
            "ConvNextConfig", "TFConvNextForImageClassification", "convnext.encoder.stages"
        ),
        "mobilevit": ClassifierFamily(
            "MobileViTConfig", "TFMobileViTForImageClassification", "mobilevit.encoder.layers"
        ),
        "regnet": ClassifierFamily("RegNetConfig", "TFRegNetForImageClassification", "regnet.encoder.stages"),
        "resnet": ClassifierFamily("ResNetConfig", "TFResNetForImageClassification", "resnet.encoder.stages"),
        "vit": ClassifierFamily("ViTConfig", "TFViTForImageClassification", "vit.encoder.layer", tokens=True),
    }
)
"""Kinds of classifiers by ``model_type`` of ``config.json``."""


class HookSlot(threading.local):
    """Who listens to the layers of a network, in each thread."""

    on_layer: Callable[[str, Any], Any] | None = None


class ClassifierNetwork:
    """A classifier of the library as a function of RGB 0-255; the calls of some of its layers are replaced.

    Args:
        model: built, with its weights, of this network alone.
        family: its kind.
        scaling: how colours are scaled before it.
        side: height and width of what it takes, in pixels.
    """

    output_activation: OutputActivation = "softmax"
    traits: frozenset[str] = frozenset()

    def __init__(self, model: Any, family: ClassifierFamily, scaling: Scaling, side: int) -> None:
        self._model, self._scaling, self._tokens = model, scaling, family.tokens
        self._listener = HookSlot()
        self.size_hw = (side, side)
        self.parameters = int(model.count_params())
        stages = list(attrgetter(family.stages)(model))
        names = [f"{'block' if family.tokens else 'stage'} {number}" for number in range(1, len(stages) + 1)]
        for name, stage in zip(names, stages, strict=True):
            stage.call = self._listened(name, stage.call)
        shapes = self._shapes(names)
        best = (
            names[-2] if family.tokens and len(names) > 1 else names[-1]
        )  # of the last block only the class token is read
        self.target_layers = tuple(TargetLayer(name, shapes[name][2], best=name == best) for name in names)
        self.features: Features = _StageFeatures(self, shapes)

    def _listened(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call of a layer, whose output is heard before anything is made of it."""

        def heard(*args: Any, **kwargs: Any) -> Any:
            output = call(*args, **kwargs)
            on_layer = self._listener.on_layer
            if on_layer is None:
                return output
            return (
                (on_layer(name, output[0]), *output[1:])
                if isinstance(output, tuple)
                else on_layer(name, output)
            )

        return heard

    def _shapes(self, names: Sequence[str]) -> dict[str, tuple[int, int, int]]:
        nothing = np.zeros((1, *self.size_hw, 3), np.float32)
        return {
            name: tuple(maps.shape[1:])
            for name, maps in self.forward_with_activations(nothing, names)[1].items()
        }

    def __call__(self, pictures: Any) -> Any:
        """Logits (N, C) of a float32 tensor (N, H, W, 3), RGB 0-255."""
        tf, scaling = runtime.tensorflow(), self._scaling
        ordered = pictures[..., ::-1] if scaling.reverse else pictures
        scaled = tf.transpose(ordered * scaling.scale + scaling.shift, (0, 3, 1, 2))
        return tf.cast(self._model(pixel_values=scaled, training=False).logits, tf.float32)

    def forward_with_activations(
        self, pictures: Any, target_layers: Sequence[str], hook: Hook = no_hook
    ) -> tuple[Any, dict[str, Any]]:
        """The same logits, and the maps of some layers."""
        seen: dict[str, Any] = {}

        def on_layer(name: str, output: Any) -> Any:
            if name not in target_layers:
                return output
            special, maps = self._as_maps(output) if self._tokens else (None, output)
            hook(maps)
            seen[name] = maps
            return maps if special is None else self._as_tokens(special, maps)

        return self._heard_by(on_layer, pictures), seen

    def forward_from(self, picture: Any, layer: str, maps: Any) -> Any:
        """Logits of one picture with maps in place of a layer's; other tokens are those of the picture."""
        tf = runtime.tensorflow()

        def on_layer(name: str, output: Any) -> Any:
            if name != layer or not self._tokens:
                return maps if name == layer else output
            return self._as_tokens(tf.repeat(self._as_maps(output)[0], tf.shape(maps)[0], axis=0), maps)

        return self._heard_by(on_layer, picture)

    def _heard_by(self, on_layer: Callable[[str, Any], Any], pictures: Any) -> Any:
        """Logits, while somebody listens to the layers of this thread."""
        self._listener.on_layer = on_layer
        try:
            return self(pictures)
        finally:
            self._listener.on_layer = None

    def forward_to(self, pictures: Any, layer: str) -> Any:
        """The maps of one layer, or the logits for ``OUTPUT``."""
        if layer == OUTPUT:
            return self(pictures)
        return self.forward_with_activations(pictures, (layer,))[1][layer]

    def _as_maps(self, tokens: Any) -> tuple[Any, Any]:
        """Tokens of their own (N, 1, K), and the others as maps (N, h, w, K)."""
        tf = runtime.tensorflow()
        side = int((int(tokens.shape[1]) - 1) ** 0.5)
        special = int(tokens.shape[1]) - side * side
        return tokens[:, :special], tf.reshape(tokens[:, special:], (-1, side, side, tokens.shape[-1]))

    def _as_tokens(self, special: Any, maps: Any) -> Any:
        tf = runtime.tensorflow()
        return tf.concat([special, tf.reshape(maps, (-1, maps.shape[1] * maps.shape[2], maps.shape[3]))], 1)


class _StageFeatures:
    """What can be seen of such a classifier: the outputs of its stages."""

    def __init__(self, network: ClassifierNetwork, shapes: Mapping[str, tuple[int, int, int]]) -> None:
        self._network, self._shapes = network, shapes

    def layers(self, size_hw: tuple[int, int]) -> tuple[LayerFacts, ...]:
        return tuple(LayerFacts(name, "Stage", shape) for name, shape in self._shapes.items())

    def layer_maps(self, picture: Floats, layer: str) -> LayerMaps:
        if layer not in self._shapes:
            text = later("There is no layer {layer!r} with maps; there are {known}.")
            raise ModelError(text, layer=layer, known=", ".join(self._shapes))
        return LayerMaps(np.asarray(self._network.forward_to(picture[None], layer), np.float32)[0])

    def attention(self, picture: Floats, layer: str, query_rc: tuple[int, int]) -> Floats:
        text = later("There is no attention block {layer!r} that can be inspected in this kind of model.")
        raise ModelError(text, layer=layer)

    def kernels(self) -> FirstKernels:
        raise ModelError("The kernels of the first convolution are not read out of this kind of model.")


def load_huggingface(folder: Path, weights: Path, scaling: Scaling | None) -> Network:
    """Reads a folder as the library saves it.

    Args:
        folder: holds ``config.json``, and ``preprocessor_config.json`` unless ``scaling`` is given.
        weights: the file of weights: safetensors, or TensorFlow's own.
        scaling: how colours are scaled before it, in place of what the folder says.

    Raises:
        ModelError: it is of a kind that is not known, or a file does not fit.
    """
    settings = read_json(folder / CONFIG)
    kind = str(settings.get("model_type"))[:40]
    if kind == "segformer" and "ForImageClassification" not in str(settings.get("architectures")):
        return load_segformer(folder, weights, len(labels_in(folder)), scaling)
    if kind not in FAMILIES:
        raise ModelError(
            "The folder holds a model of kind {kind!r}; Vitrine reads SegFormers, and "
            "classifiers of the kinds {known}.",
            kind=kind,
            known=", ".join(FAMILIES),
        )
    model = _build(FAMILIES[kind], settings, folder)
    load_weights(model, weights)
    return ClassifierNetwork(model, FAMILIES[kind], scaling or scaling_in(folder), _side(folder, settings))


def _build(family: ClassifierFamily, settings: Mapping[str, Any], folder: Path) -> Any:
    transformers = runtime.transformers_tf()
    try:
        config = getattr(transformers, family.config).from_dict(dict(settings))
        model = getattr(transformers, family.model)(config)
        model.build_in_name_scope()
    except (
        Exception
    ) as error:  # the library checks little: TypeError, KeyError, ValueError, errors of TensorFlow ...
        raise ModelError(
            "{path} does not describe a {kind}: {reason}.",
            path=CONFIG,
            kind=family.model,
            reason=reason_of(error),
        ) from error
    return model


def _side(folder: Path, settings: Mapping[str, Any]) -> int:
    """Height and width of what a classifier takes, in pixels."""
    said = read_json(folder / PREPROCESSOR) if (folder / PREPROCESSOR).is_file() else {}
    crop = said.get("crop_size") if said.get("do_center_crop", "crop_size" in said) else None
    wanted = (
        settings.get("image_size")
        if settings.get("model_type") == "vit"
        else crop or said.get("size") or settings.get("image_size")
    )
    if isinstance(wanted, dict):
        wanted = wanted.get("height") or wanted.get("shortest_edge")
    return wanted if isinstance(wanted, int) and SIDES[0] <= wanted <= SIDES[1] else USUAL_SIDE


def scaling_in(folder: Path) -> Scaling:
    """What the folder says of colours.

    Raises:
        ModelError: it does not say it.
    """
    scale, shift = normalisation(folder / PREPROCESSOR)
    said = read_json(folder / PREPROCESSOR)
    if (
        "do_flip_channel_order" in said and "do_normalize" not in said
    ):  # the processor of MobileViT, which never normalises
        scale, shift = np.full(3, said.get("rescale_factor", 1 / 255), np.float32), np.zeros(3, np.float32)
    return Scaling(scale, shift, bool(said.get("do_flip_channel_order", False)))


@lru_cache(maxsize=16)
def labels_in(folder: Path) -> tuple[str, ...]:
    """The class names that the folder says, in the order of the outputs.

    Raises:
        ModelError: it does not say them.
    """
    settings = read_json(folder / CONFIG)
    names = settings.get("id2label")
    if names is None:
        names = {str(index): f"class {index}" for index in range(int(settings.get("num_labels", 2)))}
    try:
        return tuple(str(names[str(index)]) for index in range(len(names)))
    except (KeyError, TypeError) as error:
        raise ModelError(
            "{name} does not name the classes in order. Please download the model again.", name=CONFIG
        ) from error
