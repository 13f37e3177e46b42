"""Backbones of keras.applications for classifiers, of the table that decoders use, too."""

import keras

from training.tune.settings import TuneError, TuneSettings
from training.zoo.backbones import BACKBONES

TUNED = tuple(key for key, row in BACKBONES.items() if row.build is None)
"""Those of keras.applications."""


def load_backbone(settings: TuneSettings) -> keras.Model:
    """The backbone without its head, with pooled features as output.

    Raises:
        TuneError: there is none of this name, the weights cannot be had, or the pictures are too small for
            it.
    """
    if settings.backbone not in TUNED:
        raise TuneError(f"There is no backbone {settings.backbone!r}; write one of {', '.join(TUNED)}.")
    build = getattr(keras.applications, settings.backbone)
    weights = None if settings.weights == "none" else settings.weights
    try:
        backbone = build(
            include_top=False, weights=weights, input_shape=(settings.size, settings.size, 3), pooling="avg"
        )
    except ValueError as error:
        raise TuneError(
            f"{settings.backbone} cannot be built for pictures of {settings.size} px: {error}"
        ) from error
    except Exception as error:  # Keras raises a plain Exception when a download fails
        raise TuneError(
            f"The ImageNet weights of {settings.backbone} are not on this computer and could not "
            "be downloaded. "
            "Connect to a network once, or use --weights none, which learns everything from your pictures."
        ) from error
    backbone.trainable = weights is None
    return backbone
