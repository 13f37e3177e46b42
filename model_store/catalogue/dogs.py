"""The two classifiers of dog breeds that come with Vitrine."""

from dataclasses import replace

from engine.phrase import Phrase
from model_store.base.entries import Entry, FixedSize
from model_store.base.palettes import distinct_colours
from model_store.base.target_layers import TargetLayerChoice
from model_store.catalogue.imagenet import MIXED, VGG16_TARGET_LAYERS
from model_store.own.class_names import LIST

BREEDS = 10
_SIDES = {"dogs-vgg": 112, "dogs-inception": 128}
"""Side of the picture in pixels, as chosen after the training: ``input_size`` of the model card."""

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
        licence=(
            "Trained on Stanford Dogs, whose images are from ImageNet: research, "
            "non-commercial; see the model card"
        ),
        size_mb=4,
        settings_files=("architecture.json", LIST),
        weight_files=("weights.safetensors",),
        target_layers=target_layers,
        subject="dog",
    )


DOG_ENTRIES = (
    _dogs(
        "dogs-vgg", "Dogs, VGG", "VGG16", replace(VGG16_TARGET_LAYERS, best="block4_conv3")
    ),  # block 5 has 3 x 3 cells
    _dogs("dogs-inception", "Dogs, Inception", "InceptionV3", MIXED),
)
