"""Classifiers on features of a model as rows of the table of experiments."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from compute.base.keys import digest_of
from compute.transfer.grids import Representation
from compute.transfer.learning import TEST, TRAIN
from data_store.base.words import DataSet
from engine.transfer.rows import TransferRow
from experiments.columns import ImageFigures, write_image_figures
from experiments.folders import write_experiment
from experiments.record import Experiment, ExperimentFigure, Plain
from model_store.catalogue import ModelRef
from settings import settings

_SHORT = 10
"""Digits of the digest in a key."""


@dataclass(frozen=True, eq=False)
class TransferRun:
    """A finished row of a table of transfer.

    Attributes:
        ref: the model that has the features.
        data: the data set.
        what: which features.
        row: the classifier and its answers.
        images: names of the images of the test part, in the order of these answers.
    """

    ref: ModelRef
    data: DataSet
    what: Representation
    row: TransferRow
    images: Sequence[str]


def split_digest(data: DataSet, split: str | None) -> str:
    """Hex sha256 of the items of a part, in their order."""
    found = hashlib.sha256()
    for item, digest in zip(data.items, data.item_digests, strict=True):
        if split is None or item.split == split:
            found.update(digest.encode())
    return found.hexdigest()


def transfer_experiment(run: TransferRun) -> Experiment:
    """The row of a classifier; the same question always has the same key."""
    row, setting, data = run.row, run.row.setting, run.data
    chosen: dict[str, Plain] = {
        "features of": str(run.ref),
        "layer": run.what.layer,
        "pooling": run.what.pooling,
        "classifier": setting.classifier,
        "pca": float(setting.preparation.pca or 0),
        "standardise": setting.preparation.standardise,
        "C": float(setting.strength or 0),
        "C from cross-validation": row.chosen,
        "numbers of an image": row.dimensions,
    }
    low, high = row.interval
    return Experiment(
        key=f"transfer-{setting.classifier}-{digest_of(str(run.ref), data.digest, chosen)[:_SHORT]}",
        kind="transfer",
        name=f"{setting.row.title}, {run.ref}",
        data=data.key,
        data_digest=data.digest,
        splits={part: split_digest(data, part) for part in (TRAIN, TEST)},
        settings=chosen,
        seconds=row.choosing_seconds + row.fit_seconds,
        figures={"accuracy": ExperimentFigure(row.accuracy, low, high, "test", len(row.right))},
        state="finished",
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def keep_transfer(run: TransferRun) -> Experiment | None:
    """Write the row and which images of the test part it has right; None where nothing is kept.

    Raises:
        ExperimentError: the folder of experiments cannot be written to.
    """
    if settings().private or run.data.uploaded:
        return None
    experiment = transfer_experiment(run)
    folder = write_experiment(experiment)
    right = dict(zip(run.images, run.row.right.astype(float).tolist(), strict=True))
    write_image_figures(folder, ImageFigures("accuracy", right))
    return experiment
