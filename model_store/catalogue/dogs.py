"""The two classifiers of dog breeds that come with Vitrine."""

from dataclasses import replace

from engine.phrase import Phrase
from model_store.base.entries import Entry, FixedSize
from model_store.base.palettes import distinct_colours
from model_store.base.target_layers import TargetLayerChoice
from model_store.catalogue.imagenet import MIXED, VGG16_TARGET_LAYERS
from model_store.own.class_names import LIST
from model_store.pretrained.efficientnet_lite import LITE0, OWN_HEAD

BREEDS = 10
_SIDES = {"dogs-vgg": 112, "dogs-inception": 128}
"""Side of the picture in pixels, as chosen after the training: ``input_size`` of the model card."""

_LICENCE = (
    "Trained on Stanford Dogs, whose images are from ImageNet: research, non-commercial; see the model card"
)
_DESCRIPTION = (
    "{count} dog breeds: a small network built like {like}, shipped with Vitrine; it sees images {policy}."
)


def _dogs(key: str, title: str, like: str, target_layers: TargetLayerChoice) -> Entry:
    policy = FixedSize(_SIDES[key], _SIDES[key])
    return Entry(
        key=key,
        title=title,
        description=Phrase(_DESCRIPTION, count=BREEDS, like=like, policy=policy.text),
        task="classification",
        loader="keras-weights",
        labels=(),
        colours=distinct_colours(BREEDS),
        policy=policy,
        licence=_LICENCE,
        size_mb=4,
        settings_files=("architecture.json", LIST),
        weight_files=("weights.safetensors",),
        target_layers=target_layers,
        subject="dog",
    )


def _dogs_lite() -> Entry:
    policy = FixedSize(LITE0.side, LITE0.side)
    return Entry(
        key="dogs-lite",
        title="Dogs, EfficientNet-Lite0",
        description=Phrase(
            "{count} dog breeds: a linear head on EfficientNet-Lite0; it sees images {policy}.",
            count=BREEDS,
            policy=policy.text,
        ),
        task="classification",
        loader="efficientnet-lite",
        labels=(),
        colours=distinct_colours(BREEDS),
        policy=policy,
        licence=_LICENCE,
        size_mb=19,
        settings_files=(OWN_HEAD, LIST),
        weight_files=(LITE0.weights.file.rsplit("/", 1)[-1],),
        packaged=LITE0.weights,
        application=LITE0.name,
        target_layers=LITE0.target_layers(),
        subject="dog",
    )


DOG_ENTRIES = (
    _dogs(
        "dogs-vgg", "Dogs, VGG", "VGG16", replace(VGG16_TARGET_LAYERS, best="block4_conv3")
    ),  # block 5 has 3 x 3 cells
    _dogs("dogs-inception", "Dogs, Inception", "InceptionV3", MIXED),
    _dogs_lite(),
)
