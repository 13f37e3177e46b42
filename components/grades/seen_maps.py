"""Maps that the session has seen before, beside a new one: another fill or score should rank cells alike."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping

from components.session.keys import SEEN_MAPS, once
from engine.alarms.checks import rank_likeness
from engine.arrays import Reals
from engine.explanation import Explanation
from engine.trust.on_cells import coarse
from engine.visualise.strength import strength

COMPARED = ("fill", "space")
"""Settings that should not decide which cells are strong."""
REMEMBERED = 32
"""Questions of a session whose maps are remembered, coarse."""


def maps_seen_beside(explanation: Explanation) -> Mapping[tuple[str, str], float]:
    """Rank correlation with maps of the same question that the session has seen and that differ in one of
    the compared settings, by its name and its value there; this map is seen from now on.
    """
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
