"""One training of a network of the zoo by Keras' ``fit``, as a row of the experiments."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras

from engine.evaluation.overlaps import overlap_counts
from experiments.columns import ImageFigures, write_image_figures
from experiments.record import Experiment, Plain
from experiments.recording import Recorder, recorded
from model_store.base.label_maps import CATEGORY_NAMES, IGNORED
from training.common.fitting import FitPlan, fit_on
from training.common.recipes import drawn_batches
from training.common.recording import known_run
from training.losses.table import SegmentationLoss
from training.losses.terms import LossOptions
from training.segment.sources import LabelledPicture
from training.zoo.config import ZooConfig, ZooShape
from training.zoo.images import (
    PART_NAMES,
    class_weights,
    find_parts,
    images_digest,
    load_labelled,
    numbered_batch,
    steps_of,
    watched,
)
from training.zoo.network import build_segmenter, count_parameters
from training.zoo.scoring import count_confusions, image_ious, overlap_rows, write_counts

MODEL, LABELS = "model.keras", "labels.json"
_CLIP = 5.0
Parts = Mapping[str, tuple[LabelledPicture, ...]]


def described(config: ZooConfig, parts: Parts) -> Experiment:
    """The row of a training before it begins."""
    digests = {PART_NAMES[part]: images_digest(samples) for part, samples in parts.items()}
    every = [sample for samples in parts.values() for sample in samples]
    return Experiment(
        key=config.name,
        kind="segment",
        name=config.title,
        data=", ".join(source.name for source in config.sources),
        data_digest=images_digest(every),
        splits=digests,
        seed=config.seed,
        settings=zoo_settings(config.zoo),
        epochs_planned=0 if config.zoo.minutes else config.zoo.epochs,
    )


def zoo_settings(shape: ZooShape) -> dict[str, Plain]:
    """`[zoo]` as plain values."""
    entries = asdict(shape)
    height, width = entries.pop("size_hw")
    return {**entries, "size": f"{height} x {width}"}


def compiled_segmenter(config: ZooConfig, labels: Any) -> keras.Model:
    """The network with its loss, optimiser and metric."""
    shape, classes = config.zoo, len(CATEGORY_NAMES)
    model = build_segmenter(shape, classes, config.seed)
    options = LossOptions(class_weights(labels, shape.weighting), shape.gamma)
    iou = keras.metrics.MeanIoU(classes, "miou", ignore_class=IGNORED, sparse_y_pred=False)
    model.compile(
        keras.optimizers.Adam(shape.learning_rate, global_clipnorm=_CLIP),
        SegmentationLoss(shape.loss, options),
        metrics=[iou],
        jit_compile=False,  # compiling takes longer than a small training
    )
    return model


def train_zoo(config: ZooConfig, data: Path, folder: Path) -> Experiment:
    """Trains, goes on where it was ended, and measures; what is finished already is not done again.

    Raises:
        ConfigError: the configuration cannot be used.
    """
    parts = find_parts(config.sources, data)
    wanted = described(config, parts)
    if (known := known_run(wanted, folder)) and known.state == "finished":
        return known
    with recorded(wanted, folder) as run:
        model = _fitted(config, parts, run)
        if not run.wish():
            _write_results(config, parts["report"], model, run)
    return run.experiment


def _fitted(config: ZooConfig, parts: Parts, run: Recorder) -> keras.Model:
    """The network, trained as far as it may be.

    Raises:
        KeyboardInterrupt: a signal ended it; it can go on.
    """
    shape = config.zoo
    learnt = load_labelled(parts["train"], shape.size_hw)
    seen = load_labelled(watched(parts["select"]), shape.size_hw)
    model = compiled_segmenter(config, learnt.labels)
    run.update(parameters=count_parameters(model))
    steps = steps_of(shape, len(learnt))
    plan = FitPlan(shape.epochs, steps, shape.minutes, shape.patience, shape.learning_rate, shape.schedule)
    fit_on(
        model,
        lambda budget: drawn_batches(lambda number, _share: numbered_batch(learnt, config, number), budget),
        plan,
        run,
        validation_data=(seen.pixels.astype("float32"), seen.labels),
        validation_batch_size=shape.batch,
    )
    return model


def _write_results(
    config: ZooConfig, samples: tuple[LabelledPicture, ...], model: keras.Model, run: Recorder
) -> None:
    """The model, its labels, its figures and its row."""
    keras.Model(model.inputs, model.outputs, name=model.name).save(run.folder / MODEL)  # without Adam's state
    (run.folder / LABELS).write_text(json.dumps(list(CATEGORY_NAMES), indent=1) + "\n", "utf-8")
    matrices = count_confusions(model, samples, config.zoo.size_hw)
    counts = overlap_counts(matrices)
    write_counts(run.folder, matrices)
    names = [f"{sample.source.name}/{sample.stem}" for sample in samples]
    write_image_figures(run.folder, ImageFigures("iou", dict(zip(names, image_ious(counts), strict=True))))
    run.update(figures=overlap_rows(counts), model=MODEL, nbytes=(run.folder / MODEL).stat().st_size)
