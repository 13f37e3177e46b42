"""Answers of a larger classifier on the training pictures, computed once and kept.

Distillation after Hinton et al. 2015 (https://arxiv.org/abs/1503.02531).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.arrays import Floats, LongInts
from training.classify.config import ClassifierConfig, Tutor
from training.classify.memory import Material, PictureSet, load_material
from training.common.config import ConfigError

_BATCH = 32
_LEAST = 1e-6


def chosen_outputs(ranges: Sequence[str]) -> LongInts:
    """Indices of the teacher's outputs: `["3-5", "8-8"]` is 3, 4, 5, 8."""
    pairs = [[int(end) for end in entry.split("-")] for entry in ranges]
    return np.concatenate([np.arange(first, last + 1) for first, last in pairs])


def sharpened(probabilities: Floats, temperature: float) -> Floats:
    """Probabilities (N, K) to the power 1 / temperature, summing to 1."""
    powers = np.maximum(probabilities, _LEAST) ** (1 / temperature)
    return powers / powers.sum(-1, keepdims=True)


def ask_teacher(kept: PictureSet, model: object, tutor: Tutor) -> Floats:
    """Probabilities (N, K) of the chosen outputs, which sum to 1, for pictures that are seen whole."""
    import tensorflow as tf

    outputs = chosen_outputs(tutor.outputs)

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def answer(pixels: tf.Tensor) -> tf.Tensor:
        square = tf.image.resize(tf.cast(pixels, tf.float32), (tutor.size, tutor.size))
        return tf.gather(model(square / 127.5 - 1.0, training=False), outputs, axis=-1)  # type: ignore[operator]

    parts = [
        answer(tf.constant(kept.pixels[first : first + _BATCH])).numpy()
        for first in range(0, len(kept.stems), _BATCH)
    ]
    return sharpened(np.concatenate(parts), 1.0) if parts else np.zeros((0, len(outputs)), np.float32)


def answers_file(folder: Path, config: ClassifierConfig) -> Path:
    """Where the teacher's answers are kept: one file for all runs that learn from the same pictures."""
    return folder / f"{Path(config.pictures.folder).name}-{Path(config.tutor.file).stem}.npz"


def teach(config: ClassifierConfig, data: Path, folder: Path) -> dict[str, int]:
    """Computes and keeps the answers for every training picture.

    Returns:
        Number of pictures, and how many the teacher names rightly, for both sets.

    Raises:
        ConfigError: the teacher has another number of classes.
    """
    import keras

    material = load_material(config, data)
    if len(chosen_outputs(config.tutor.outputs)) != len(material.classes.names):
        raise ConfigError(
            f"[tutor] outputs must name {len(material.classes.names)} outputs, one for each class."
        )
    model = keras.saving.load_model(data / config.tutor.file, compile=False, safe_mode=True)
    answers = [ask_teacher(kept, model, config.tutor) for kept in material.parts]
    folder.mkdir(parents=True, exist_ok=True)
    stems = np.array([stem for kept in material.parts for stem in kept.stems])
    np.savez(answers_file(folder, config), stems=stems, answers=np.concatenate(answers).astype(np.float16))
    counts = {}
    for name, kept, answer in zip(("own", "more"), material.parts, answers, strict=True):
        right = int((answer.argmax(-1) == kept.labels).sum())
        counts[f"{name} ({right} named rightly)"] = len(kept.stems)
    return counts


def read_answers(config: ClassifierConfig, folder: Path, material: Material) -> list[Floats]:
    """Probabilities (N, K) for both sets of pictures.

    Raises:
        ConfigError: they have not been computed for all of them.
    """
    path = answers_file(folder, config)
    if not path.exists():
        raise ConfigError(
            f"{path} is not there; compute it with `python -m training teach`, or leave out [tutor]."
        )
    with np.load(path) as archive:
        places = {stem: place for place, stem in enumerate(archive["stems"])}
        answers = archive["answers"].astype(np.float32)
    missing = [stem for kept in material.parts for stem in kept.stems if stem not in places]
    if missing:
        raise ConfigError(
            f"{path} says nothing about {missing[0]}; compute it again with `python -m training teach`."
        )
    return [answers[[places[stem] for stem in kept.stems]] for kept in material.parts]
