"""The classifier of handwritten digits that comes with Vitrine: small, for whole data sets."""

from engine.phrase import Phrase
from model_store.base.entries import Entry, FixedSize
from model_store.base.palettes import distinct_colours
from model_store.catalogue.imagenet import vgg_target_layers
from model_store.own.class_names import LIST

DIGITS = 10
SIDE = 32
"""Of its images in pixels."""

_DESCRIPTION = "Handwritten digits in {count} classes, shipped with Vitrine; it sees images {policy}."


def _digits_cnn() -> Entry:
    policy = FixedSize(SIDE, SIDE)
    return Entry(
        key="digits-cnn",
        title="Digits, small CNN",
        description=Phrase(_DESCRIPTION, count=DIGITS, policy=policy.text),
        task="classification",
        loader="keras-weights",
        labels=(),
        colours=distinct_colours(DIGITS),
        policy=policy,
        licence="Apache-2.0; trained on digits under CC BY 4.0, see the model card",
        size_mb=1,
        settings_files=("architecture.json", LIST),
        weight_files=("weights.safetensors",),
        target_layers=vgg_target_layers(2, 2, 2),
        subject="digit",
    )


DIGIT_ENTRIES = (_digits_cnn(),)
