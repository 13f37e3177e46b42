"""A zone of one image, or its boundary with another, as commands about concepts name it."""

from dataclasses import dataclass
from pathlib import Path

from commands.pictures import open_picture
from compute.run.runners import Runner, predict_with
from compute.tcav.asking import target_of_zones
from compute.work.predict import Prediction
from data_store.base.words import DataSet
from data_store.images import read_image
from engine.errors import ParamsError
from engine.images.picture import Picture
from engine.targets import Target
from model_store.catalogue import ModelRef, as_seen


@dataclass(frozen=True)
class ZoneWords:
    """A zone, as it was typed.

    Attributes:
        image: file, or name of an image of the data set.
        zone: its number, 1 for the largest zone.
        other: number of a zone that shares its boundary, None for the zone itself.
    """

    image: str
    zone: int
    other: int | None = None


@dataclass(frozen=True, eq=False)
class AskedZone:
    """A zone that was found.

    Attributes:
        picture: the image as the model sees it.
        prediction: of the model on it.
        index: of the zone, from 0.
        target: the zone, or the shared boundary.
    """

    picture: Picture
    prediction: Prediction
    index: int
    target: Target


def zone_words(image: str | None, zone: int | None, other: int | None) -> ZoneWords | None:
    """What was typed; None where no zone is asked about.

    Raises:
        ParamsError: something of it is missing.
    """
    if image is None and zone is None and other is None:
        return None
    if image is None or zone is None:
        raise ParamsError("A zone needs --image and --zone, its number, 1 for the largest.")
    return ZoneWords(image, zone, other)


def find_zone(words: ZoneWords, data: DataSet, ref: ModelRef, runner: Runner) -> AskedZone:
    """The zone that is meant.

    Raises:
        VitrineError: the image cannot be read, the model does not segment, or there is no such zone.
    """
    picture = _picture(words.image, data, ref)
    prediction = predict_with(runner, ref, picture)
    other = None if words.other is None else words.other - 1
    target = target_of_zones(prediction.zones, words.zone - 1, other)
    return AskedZone(picture, prediction, words.zone - 1, target)


def _picture(name: str, data: DataSet, ref: ModelRef) -> Picture:
    item = next((one for one in data.items if one.id == name), None)
    if item is None or Path(name).is_file():
        return open_picture(Path(name), ref)
    return as_seen(ref, read_image(data, item))
