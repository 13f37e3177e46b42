"""What is learnt from: features of the labelled images of two parts of a data set."""

import numpy as np

from compute.measure.features import FEATURES
from compute.transfer.grids import Representation, feature_measure
from compute.transfer.order import LearningTable
from compute.work.measure import MeasureOrder, MeasureSpec, MeasureView
from data_store.base.words import DataSet
from engine.arrays import Array, LongInts
from engine.errors import DataSetError
from model_store.catalogue import ModelRef, entry_of

TRAIN, TEST = "train", "test"
MOST_NUMBERS = 400_000_000
"""Of all images together: 1.6 GB in single precision."""


def learning_ref(ref: ModelRef) -> ModelRef:
    """The model with whole images squeezed in, as models that somebody brings see them: what becomes of a
    classifier then answers as its row says.
    """
    entry = entry_of(ref)
    return ModelRef(ref.key, ref.grouped, "squeeze" if "squeeze" in entry.fits else None)


def feature_orders(ref: ModelRef, data: DataSet, what: Representation) -> tuple[MeasureOrder, MeasureOrder]:
    """Orders of the features of the training part, and of the test part.

    Raises:
        DataSetError: the data set has no such parts, or no classes.
    """
    if data.task != "classification" or not {TRAIN, TEST} <= set(data.splits):
        raise DataSetError(
            "{title} needs classes, a training part and a test part: folders train/CLASS and test/CLASS.",
            title=data.title,
        )
    measure = feature_measure(learning_ref(ref), what.layer, what.pooling)
    first, second = (MeasureOrder(MeasureSpec(measure, split), data) for split in (TRAIN, TEST))
    return first, second


def learning_table(training: MeasureView, test: MeasureView) -> LearningTable:
    """Features and classes of both parts, without images that have no class or no features.

    Raises:
        DataSetError: none are left, or there are more numbers than fit.
    """
    parts = [_part(view) for view in (training, test)]
    if sum(features.size for features, _truth in parts) > MOST_NUMBERS:
        raise DataSetError("These features are too large together. Please select the mean of each channel.")
    (features, truth), (seen, seen_truth) = parts
    return LearningTable(features, truth, seen, seen_truth)


def tested_images(test: MeasureView) -> list[str]:
    """Names of the images of the test part, in the order of the table's rows."""
    items = [test.order.items[place] for place in test.heavy(FEATURES)[0].tolist()]
    return [item.id for item in items if item.label is not None]


def _part(view: MeasureView) -> tuple[Array, LongInts]:
    positions, features = view.heavy(FEATURES)
    items = view.order.items
    labels = [items[place].label for place in positions.tolist()]
    known = np.array([label is not None for label in labels], bool)
    if not known.any():
        raise DataSetError("No image of this part has features and a class.")
    return features[known], np.array([label for label in labels if label is not None], np.int64)
