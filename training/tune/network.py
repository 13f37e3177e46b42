"""The network of one trial: augmentation, backbone, and a head whose shape is searched for."""

from typing import Any

import keras
from keras import layers

from training.backbones import BACKBONES, build_backbone, scaled_colours
from training.tune.settings import TuneError, TuneSettings

CORE = "classifier"


def augmentation(seed: int) -> keras.Model:
    """Layers that change pictures while learning only."""
    parts = [
        layers.RandomFlip("horizontal", seed=seed),
        layers.RandomRotation(0.05, seed=seed + 1),
        layers.RandomZoom((-0.2, 0.1), seed=seed + 2),
        layers.RandomContrast(0.2, value_range=(0, 255), seed=seed + 3),
    ]
    return keras.Sequential(parts, name="augmentation")


def build_core(hyper: Any, settings: TuneSettings, classes: int) -> keras.Model:
    """RGB 0-255 (B, size, size, 3) to probabilities (B, classes): what is kept of a search.

    Args:
        hyper: `keras_tuner.HyperParameters`.
        settings: the search.
        classes: number of outputs.
    """
    inputs = keras.Input((settings.size, settings.size, 3), name="rgb")
    backbone = load_backbone(settings)
    if not backbone.trainable:
        freeze_beginning(backbone, hyper.Choice("frozen", [1.0, 0.9, 0.75]))
    features = backbone(
        scaled_colours(inputs, BACKBONES[settings.backbone].preset),
        training=None if settings.weights == "none" else False,  # normalisation keeps its statistics
    )
    dropout = hyper.Float("dropout", 0.0, 0.6, step=0.1)
    penalty = keras.regularizers.L1L2(
        hyper.Float("l1", 1e-7, 1e-3, sampling="log"),
        hyper.Float("l2", 1e-6, 1e-2, sampling="log"),
    )
    outputs = layers.Dropout(dropout, seed=settings.seed, name="dropped")(features)
    outputs = layers.Dense(
        hyper.Choice("units", [32, 64, 128, 256]), "relu", kernel_regularizer=penalty, name="hidden"
    )(outputs)
    outputs = layers.Dropout(dropout, seed=settings.seed, name="dropped_again")(outputs)
    logits = layers.Dense(classes, name="logits")(outputs)
    return keras.Model(inputs, layers.Softmax(name="probabilities")(logits), name=CORE)


def load_backbone(settings: TuneSettings) -> keras.Model:
    """The backbone without its head, with pooled features as output.

    Raises:
        TuneError: there is none of this name.
        ConfigError: the weights cannot be had, or the images are too small for it.
    """
    row = BACKBONES.get(settings.backbone)
    if row is None:
        raise TuneError(f"There is no backbone {settings.backbone!r}; write one of {', '.join(BACKBONES)}.")
    colours = keras.Input((settings.size, settings.size, 3), name="colours_in")
    network = build_backbone(row, colours, settings.weights)
    pooled = layers.GlobalAveragePooling2D(name="pooled")(network.outputs[-1])
    backbone = keras.Model(colours, pooled, name="backbone")
    backbone.trainable = settings.weights == "none"
    return backbone


def freeze_beginning(backbone: keras.Model, share: float) -> None:
    """Lets only the last layers of a backbone learn.

    Args:
        backbone: whose layers stand in the order of the computation.
        share: of the layers that have weights, from the first on, that stay as they are, 0-1.
    """
    weighty = [layer for layer in backbone.layers if layer.weights]
    backbone.trainable = True
    for place, layer in enumerate(weighty):
        layer.trainable = place >= share * len(weighty)


def build_trial(hyper: Any, settings: TuneSettings, classes: int) -> keras.Model:
    """The network that learns: augmentation before the core; compiled."""
    inputs = keras.Input((settings.size, settings.size, 3), name="pictures")
    model = keras.Model(inputs, build_core(hyper, settings, classes)(augmentation(settings.seed)(inputs)))
    rate = hyper.Float("learning_rate", 1e-4, 1e-2, sampling="log")
    loss = "sparse_categorical_crossentropy"
    model.compile(
        keras.optimizers.Adam(rate), loss, metrics=["accuracy"], jit_compile=False
    )  # XLA takes longer than such a trial
    model.optimizer.build(model.trainable_variables)  # made inside of fit, the step is traced twice
    return model


def core_of(trained: keras.Model) -> keras.Model:
    """The part of a trained network that is kept."""
    return trained.get_layer(CORE)
