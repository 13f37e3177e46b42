"""Words of strangers: what Markdown makes links, symbols and pictures of, wherever a model may have words."""

from dataclasses import replace

import numpy as np

from engine.features import FirstKernels, LayerFacts, LayerMaps
from engine.model import ModelFacts
from tests.feature_toys import KERNELS, ToyFeatures

WORDS = "www.evil.example *a* b@evil.example :smile:"
MARK = "www.evil"
"""What a name that is drawn without being escaped has in it."""

STRANGE = frozenset({"segformer-b1-cityscapes", "resnet50-imagenet", "vgg19-imagenet"})
REFUSED = "vgg19-imagenet"
"""It is not loaded, and the reason has such words."""


def strange_facts(facts: ModelFacts) -> ModelFacts:
    """What is known of a model whose words are all strange."""
    return replace(facts, labels=tuple(f"{WORDS} {label}" for label in facts.labels), title=WORDS)


def strange(name: str) -> str:
    """A name that begins strangely."""
    return f"{WORDS} {name}"


def plain(name: str) -> str:
    """The name that was made strange."""
    return name.removeprefix(f"{WORDS} ")


class StrangeFeatures(ToyFeatures):
    """The same layers under strange names."""

    def layers(self, size_hw: tuple[int, int]) -> tuple[LayerFacts, ...]:
        return tuple(replace(layer, name=strange(layer.name)) for layer in super().layers(size_hw))

    def layer_maps(self, picture: np.ndarray, layer: str) -> LayerMaps:
        return super().layer_maps(picture, plain(layer))

    def attention(self, picture: np.ndarray, layer: str, query_rc: tuple[int, int]) -> np.ndarray:
        return super().attention(picture, plain(layer), query_rc)

    def kernels(self) -> FirstKernels:
        return FirstKernels(strange("early"), KERNELS)
