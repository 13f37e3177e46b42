"""Targets as the command line names them: a class, one class rather than another, a zone, a border."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from commands.pictures import parse_point
from compute.work.predict import Prediction
from engine.errors import TargetError
from engine.images.picture import Picture
from engine.target_sets import TargetIndex
from engine.zones import Zones


@dataclass(frozen=True)
class TargetWords:
    """What is to be explained, as it was typed.

    Attributes:
        point, other: ROW,COL of a zone and of a second one.
        target: zone, border or shared-border.
        all_zones: every zone and border at once.
        class_name: name or index of a class; the most probable one if None.
        versus: of the class that it is set against, or None.
    """

    point: str | None = None
    other: str | None = None
    target: str = "zone"
    all_zones: bool = False
    class_name: str | None = None
    versus: str | None = None


def choose_targets(words: TargetWords, prediction: Prediction, picture: Picture) -> list[TargetIndex]:
    """What is asked for, in ``prediction.targets``.

    Raises:
        TargetError: no such class or zone, a point outside, or zones that do not touch.
    """
    zones = prediction.zones
    if zones is None:
        return [_choose_classes(words, prediction)]
    if words.class_name or words.versus:
        raise TargetError(
            "This model segments: say which zone with --point ROW,COL. Classes (--class, "
            "--versus) are for classifiers."
        )
    if words.all_zones:
        return list(range(len(prediction.targets)))
    return [_choose_zones(words, prediction, zones, picture)]


def class_index_of(labels: Sequence[str], text: str) -> int:
    """Index of a class.

    Args:
        labels: names of the classes.
        text: one of them, in capitals or not, with spaces or underscores; or an index.

    Raises:
        TargetError: there is none; the sentence names similar ones.
    """
    names = [_plain(label) for label in labels]
    if _plain(text) in names:
        return names.index(_plain(text))
    if text.strip().isdecimal() and int(text) < len(labels):
        return int(text)
    near = [
        labels[names.index(name)] for name in difflib.get_close_matches(_plain(text), names, cutoff=0.4)
    ] or labels[:3]
    raise TargetError(
        "There is no class {text!r} among 0 to {last}. Did you mean {near}?",
        text=text,
        last=len(labels) - 1,
        near=", ".join(near),
    )


def _plain(name: str) -> str:
    return name.strip().replace("_", " ").casefold()


def _choose_classes(words: TargetWords, prediction: Prediction) -> TargetIndex:
    if words.point or words.other or words.all_zones:
        raise TargetError(
            "This model does not segment, so it has no zones. Say which class with --class NAME, "
            "or leave it to the best one."
        )
    labels = prediction.facts.labels
    best = int(np.argmax(prediction.class_scores))
    index = best if words.class_name is None else class_index_of(labels, words.class_name)
    wanted = index if words.versus is None else (index, class_index_of(labels, words.versus))
    prediction.targets.wanted(wanted)
    return wanted


def _choose_zones(words: TargetWords, prediction: Prediction, zones: Zones, picture: Picture) -> int:
    targets = prediction.targets
    kinds: dict[str, Callable[..., int]] = {
        "zone": targets.zone,
        "border": targets.border,
        "shared-border": targets.shared_border,
    }
    if words.target not in kinds:
        raise TargetError(
            "A target is one of {known}; received {kind!r}.", known=", ".join(kinds), kind=words.target
        )
    points = [words.point, words.other][: 2 if words.target == "shared-border" else 1]
    if None in points:
        raise TargetError(
            "Say which zone: --point ROW,COL (and --other ROW,COL for a shared border), or --all-zones."
        )
    return kinds[words.target](*(zones.at(parse_point(point, picture)).index for point in points if point))
