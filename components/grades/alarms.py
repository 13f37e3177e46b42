"""Alarms that a finished map gets from its fidelity, and from maps that the session has seen before."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import Any

from components.grades.fidelity_chip import fidelity_of
from components.session.keys import SEEN_MAPS, once
from compute.scheduling.subscription import Subscription
from compute.trust.late_alarms import with_late_alarms
from compute.work.maps import MapView
from compute.work.perturbation import PerturbationView
from engine.alarms.checks import rank_likeness
from engine.arrays import Reals
from engine.errors import GradeError
from engine.explanation import Explanation
from engine.target_sets import TargetIndex
from engine.trust.on_cells import coarse
from engine.visualise.strength import strength

COMPARED = ("fill", "space")
"""Settings that should not decide which cells are strong."""
REMEMBERED = 32
"""Questions of a session whose maps are remembered, coarse."""


def with_all_alarms(
    explanation: Explanation, job: Subscription[MapView[Any, Any]], wanted: TargetIndex
) -> Explanation:
    """A map, once its pass is finished, with the alarms that the pass and other maps tell.

    Args:
        explanation: the map.
        job: the pass.
        wanted: the target, in the pass.
    """
    if not job.finished or not isinstance(job.view, PerturbationView):
        return explanation
    found = fidelity_of(explanation, job.view, wanted)
    percentile = None if isinstance(found, GradeError) else found.percentile
    return with_late_alarms(explanation, percentile, _others(explanation))


def _others(explanation: Explanation) -> Mapping[tuple[str, str], float]:
    """Rank correlation with maps that differ in one of the compared settings; this map is remembered."""
    seen: OrderedDict[Hashable, dict[tuple[str, ...], Reals]] = once(SEEN_MAPS, OrderedDict)
    key, setting = _question(explanation), tuple(str(explanation.params.get(name)) for name in COMPARED)
    maps = seen.setdefault(key, {})
    seen.move_to_end(key)
    while len(seen) > REMEMBERED:
        seen.popitem(last=False)
    mine = maps[setting] = coarse(strength(explanation))
    return {
        (COMPARED[place], other[place]): rank_likeness(mine, values)
        for other, values in maps.items()
        for place in _differing(setting, other)
    }


def _question(explanation: Explanation) -> Hashable:
    origin = explanation.provenance
    kept = sorted((name, str(value)) for name, value in explanation.params.items() if name not in COMPARED)
    target = explanation.target.digest
    return origin.fingerprint, origin.picture_sha256, explanation.method, target, tuple(kept)


def _differing(one: tuple[str, ...], other: tuple[str, ...]) -> list[int]:
    """The place of the only setting that differs, or nothing."""
    places = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    return places if len(places) == 1 else []
