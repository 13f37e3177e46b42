"""Alarms of a map that is read off a finished or growing piece of work."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compute.base.prepared import prepared
from compute.work.predict import Prediction
from engine.alarms.known import KnownMap, KnownScores
from engine.alarms.table import raised
from engine.arrays import AnyFloats, Reals
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.methods import get_method
from engine.target_sets import TargetIndex, column
from engine.targets import ClassContrast, ClassTarget, Target
from engine.trust.passes import edge_strength
from engine.visualise.strength import strength

NO_RUNS = np.zeros(0)


def with_alarms(
    explanation: Explanation,
    prediction: Prediction,
    picture: Picture,
    wanted: TargetIndex,
    scores: AnyFloats = NO_RUNS,
) -> Explanation:
    """A map with all that is wrong with it among its warnings.

    Args:
        explanation: the map, with the warnings of its method.
        prediction: of the model on the image.
        picture: the image.
        wanted: the target, in ``prediction.targets``.
        scores: (N,), of the runs that it was read from, NaN where one is missing.
    """
    known = known_map(explanation, prediction, picture, wanted)
    if known.method is not None and known.method.family == "hidden":
        known = replace(known, scores=_scores(explanation, prediction, wanted, scores))
    said = raised(known).values()
    return replace(explanation, warnings=(*explanation.warnings, *said)) if said else explanation


def known_map(
    explanation: Explanation, prediction: Prediction, picture: Picture, wanted: TargetIndex
) -> KnownMap:
    """What the alarms look at, as far as a map alone tells it."""
    target, zones = explanation.target, prediction.zones
    masks = target.masks
    return KnownMap(
        strength=strength(explanation),
        edges=edges_of(picture),
        zone=np.logical_or.reduce(masks) if masks else None,
        told=bool(explanation.warnings),
        classes=prediction.class_scores if zones is None else None,
        wanted=_classes_of(target),
        small=zones is not None
        and any(zones.zones[zone].small for zone in prediction.targets.zones_of(wanted)),
        method=get_method(explanation.method),
        branch=_is_branch(explanation, prediction),
        traits=prediction.traits,
        signed=explanation.signed,
    )


def edges_of(picture: Picture) -> Reals:
    """float64, at most 16 x 16: strength of the edges of an image, remembered while it is looked at."""
    return prepared("edges", picture.sha256, lambda: edge_strength(picture.pixels))


def _classes_of(target: Target) -> tuple[int, ...]:
    return (target.index,) if isinstance(target, ClassTarget | ClassContrast) else ()


def _is_branch(explanation: Explanation, prediction: Prediction) -> bool:
    layer = explanation.params.get("layer")
    return any(known.name == layer and known.branch for known in prediction.target_layers)


def _scores(
    explanation: Explanation, prediction: Prediction, wanted: TargetIndex, scores: AnyFloats
) -> KnownScores:
    """Places of scores between the ends of what the weights of the target allow: 0 to 1 for a zone, -1/2 to
    1/2 for a boundary.
    """
    _, weights = prediction.targets.wanted(wanted).entries(prediction.output_shape)
    low, high = float(weights[weights < 0].sum()), float(weights[weights > 0].sum())
    base = float(column(prediction.base["probability"], wanted))
    done = np.asarray(scores[np.isfinite(scores)], np.float64)
    space = str(explanation.params.get("space", ""))
    return KnownScores(explanation.score, (base - low) / (high - low), (done - low) / (high - low), space)
