"""Handwritten digits of scikit-learn as a data set."""

from data_store.base.digest import data_digests
from data_store.base.words import DataSet, Draft, Item
from engine.images.picture import Picture
from engine.phrase import later
from samples.digits import COUNT, CREDIT, MODEL_SIDE, digit_name, digit_pixels, digit_split, digit_values

KEY = "digits"
LABELS = tuple(str(digit) for digit in range(10))


def digits() -> DataSet:
    """1,797 digits of 32 x 32 pixels in ten classes; a fixed fifth is for testing."""
    truth = digit_values()[1].tolist()
    items = tuple(
        Item(digit_name(number), truth[number], split=digit_split(number)) for number in range(COUNT)
    )
    draft = Draft(items, LABELS, "classification", named=True)
    digests = data_digests(draft, more=[str(MODEL_SIDE)])
    return DataSet(
        KEY, later("Handwritten digits"), KEY, None, draft, digests.whole, "CC BY 4.0", CREDIT, digests.items
    )


def read_digit(data_set: DataSet, item: Item) -> Picture:
    """The image of a digit."""
    return Picture(digit_pixels(int(item.id.rpartition("-")[2])), item.id)
