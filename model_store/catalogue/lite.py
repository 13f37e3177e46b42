"""Classifiers of ImageNet whose weights come inside installed packages: they work without any network."""

from engine.phrase import Phrase
from model_store.base.entries import Entry, FixedSize
from model_store.catalogue.imagenet import CLASSES, NEUTRAL
from model_store.own.class_names import IMAGENET_INDEX
from model_store.pretrained.efficientnet_lite import LITE0, LITE2, LiteSize

_DESCRIPTION = (
    "Single objects in {classes:,} classes, shipped with Vitrine; it sees {width} x {height} pixels."
)
_LICENCE = "Apache-2.0; trained on ImageNet, whose images are for research, non-commercial"


def _lite(key: str, title: str, size: LiteSize, megabytes: int) -> Entry:
    policy = FixedSize(size.side, size.side)
    return Entry(
        key=key,
        title=title,
        description=Phrase(_DESCRIPTION, classes=CLASSES, width=size.side, height=size.side),
        task="classification",
        loader="efficientnet-lite",
        labels=(),
        colours=(NEUTRAL,) * CLASSES,
        policy=policy,
        licence=_LICENCE,
        size_mb=megabytes,
        settings_files=(IMAGENET_INDEX,),
        weight_files=(size.weights.file.rsplit("/", 1)[-1],),
        packaged=size.weights,
        folder="imagenet-lite",
        application=size.name,
        fit="crop",
        target_layers=size.target_layers(),
        subject="object",
    )


LITE_ENTRIES = (
    _lite("imagenet-lite0", "EfficientNet-Lite0", LITE0, 19),
    _lite("imagenet-lite2", "EfficientNet-Lite2", LITE2, 24),
)
