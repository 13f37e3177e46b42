"""Soft targets: the answers of a larger network on the training pictures, computed once and kept in memory.

Distillation after Hinton et al. 2015 (https://arxiv.org/abs/1503.02531). Where the labels know better, the
teacher is silent or quiet.
"""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from engine.arrays import Bytes, Floats, Pixels
from model_store.base.label_maps import CATEGORY_NAMES, IGNORED, LABEL_MAPS
from training.common.keras_files import read_keras
from training.segment.config import Config, DataSource, Teacher, configured_place
from training.segment.measure import resized, run_size
from training.segment.sources import MAPPINGS, LabelledPicture, find_labelled, read_ids, read_pixels

TeacherAnswer = Callable[[Pixels], Floats]
_CLASSES = 19


def category_sum() -> Floats:
    """Matrix (19, 8) that adds the probabilities of the Cityscapes classes of a category."""
    return np.eye(len(CATEGORY_NAMES), dtype=np.float32)[LABEL_MAPS["cityscapes19"][:_CLASSES]]


def load_teacher(teacher: Teacher, data: Path) -> TeacherAnswer:
    """A function from RGB 0-255 (H, W, 3) to category probabilities (grid, grid, 8) that cover the whole
    picture.
    """
    path = configured_place(teacher.file, data)
    return _exported_answer(path, teacher) if path.is_dir() else _cityscapes_answer(path, teacher)


def _exported_answer(folder: Path, teacher: Teacher) -> TeacherAnswer:
    """Of the folder of an exported U-Net, which has the categories as outputs."""
    import tensorflow as tf

    model = read_keras(folder)

    @tf.function  # type: ignore[untyped-decorator]
    def probabilities(pixels: tf.Tensor) -> tf.Tensor:
        logits = model(tf.cast(pixels, tf.float32)[None], training=False)
        return tf.nn.softmax(tf.image.resize(logits, (teacher.grid, teacher.grid))[0])

    def answer(pixels: Pixels) -> Floats:
        small = resized(pixels, run_size(pixels.shape[:2], teacher.size))
        found: Floats = probabilities(tf.constant(small)).numpy()
        return found

    return answer


def _cityscapes_answer(path: Path, teacher: Teacher) -> TeacherAnswer:
    """Of a Keras model with 19 Cityscapes logits."""
    import keras
    import tensorflow as tf

    model = keras.saving.load_model(path, compile=False, safe_mode=True)
    sums = category_sum()

    @tf.function  # type: ignore[untyped-decorator]
    def probabilities(pixels: tf.Tensor) -> tf.Tensor:
        square = tf.image.resize(
            tf.cast(pixels, tf.float32)[None], (teacher.size, teacher.size), antialias=True
        )
        logits = tf.image.resize(model(square / 127.5 - 1.0, training=False), (teacher.grid, teacher.grid))
        return tf.nn.softmax(logits[0]) @ sums

    return lambda pixels: probabilities(tf.constant(pixels)).numpy()


def restrict(probabilities: Floats, ids: Bytes, source: DataSource) -> Floats:
    """Probabilities (h, w, 8) made to agree with what a label id of this source allows; ids are (h, w)."""
    factors = np.full((256, len(CATEGORY_NAMES)), 1.0, np.float32)
    factors[:, CATEGORY_NAMES.index("object")] = source.object_prior.get("any", 1.0)
    for label, factor in source.object_prior.items():
        if label != "any":
            factors[int(label), CATEGORY_NAMES.index("object")] = factor
    for label, names in source.allowed.items():
        factors[int(label)] *= [name in names for name in CATEGORY_NAMES]
    kept = probabilities * factors[ids]
    return kept / np.maximum(kept.sum(-1, keepdims=True), 1e-6)


def teacher_weight(ids: Bytes, source: DataSource, teacher: Teacher) -> Floats:
    """Weight (h, w) of the teacher: 0 where it is silent, `labelled_weight` on labelled pixels, 1
    elsewhere.
    """
    categories = LABEL_MAPS[source.mapping or MAPPINGS[source.kind]]
    weights = np.full(len(categories), teacher.labelled_weight, np.float32)
    weights[(categories == IGNORED) | (categories == 0)] = 1.0
    silent = [CATEGORY_NAMES.index(name) for name in teacher.silent]
    weights[np.isin(categories, silent)] = 0.0
    return weights[ids]


def soft_target(sample: LabelledPicture, teacher: Teacher, answer: TeacherAnswer) -> Bytes:
    """Weighted soft target (grid, grid, 8): probability times the teacher's weight, 255 for 1."""
    size = (teacher.grid, teacher.grid)
    ids = cv2.resize(read_ids(sample), size, interpolation=cv2.INTER_NEAREST_EXACT).astype(np.uint8)
    probabilities = restrict(answer(read_pixels(sample)), ids, sample.source)
    weighted = probabilities * teacher_weight(ids, sample.source, teacher)[..., None]
    return np.rint(weighted * 255).astype(np.uint8)


def target_file(folder: Path, source: DataSource) -> Path:
    """Where the soft targets of a source are kept."""
    return folder / f"{source.name}.npz"


def teach(config: Config, data: Path, folder: Path) -> dict[str, int]:
    """Computes and keeps the soft targets of the training pictures of every source that is taught.

    Returns:
        Number of pictures per source.
    """
    folder.mkdir(parents=True, exist_ok=True)
    answer = load_teacher(config.teacher, data)
    counts = {}
    for source in (source for source in config.sources if source.taught):
        samples = [sample for sample in find_labelled(source, data) if sample.part == "train"]
        targets = {sample.stem: soft_target(sample, config.teacher, answer) for sample in samples}
        np.savez_compressed(target_file(folder, source), **targets)  # type: ignore[arg-type]
        counts[source.name] = len(targets)
    return counts


def read_targets(folder: Path, source: DataSource) -> dict[str, Bytes]:
    """Soft targets by file stem; empty where none were computed."""
    path = target_file(folder, source)
    if not path.exists():
        return {}
    with np.load(path) as archive:
        return {stem: archive[stem] for stem in archive.files}
