"""THE table of alarms: what can be wrong with a map, in one sentence, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.alarms import checks
from engine.alarms.known import KnownMap
from engine.phrase import Phrase, later

SAID = later("{sentence} {remedy}")


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """Something that can be wrong with a map.

    Attributes:
        key: its name in documents and counts.
        title: in a few words.
        sentence: what is wrong; a template for what the check gives.
        remedy: what to do.
        check: gives the values of the sentence, or None if all is well.
    """

    key: str
    title: str
    sentence: str
    remedy: str
    check: Callable[[KnownMap], checks.Values]

    def said(self, known: KnownMap) -> Phrase | None:
        """Sentence and remedy, or None if all is well."""
        values = self.check(known)
        if values is None:
            return None
        return Phrase(SAID, sentence=Phrase(self.sentence, **values), remedy=Phrase(self.remedy))


ALARMS = (
    Alarm(
        key="not-finite",
        title="No numbers",
        sentence="The map has values that are not numbers.",
        remedy="Compute it again, or use another method.",
        check=checks.not_finite,
    ),
    Alarm(
        key="constant",
        title="Constant map",
        sentence="The map has the same value everywhere, so it points at no place.",
        remedy="Try another target, layer or method.",
        check=checks.flat_map,
    ),
    Alarm(
        key="saturated",
        title="Saturated score",
        sentence=(
            "The score lies so near the end of its scale ({score:.3f}) that hiding cells hardly changes it."
        ),
        remedy="Try the logit score.",
        check=checks.saturated,
    ),
    Alarm(
        key="one-branch",
        title="One branch",
        sentence="Other branches are joined to this layer right after it, and the map misses them.",
        remedy="Select the layer that joins them.",
        check=checks.one_branch,
    ),
    Alarm(
        key="no-relu",
        title="No ReLU",
        sentence="The network has no ReLU, so this map is just the plain gradient.",
        remedy="Use integrated gradients or a perturbation method.",
        check=checks.without_relu,
    ),
    Alarm(
        key="margin",
        title="Margin of the image",
        sentence="Of the map's values, {percent} % lie in the margin of the image.",
        remedy="Padding or the fill may cause this: compare another fill.",
        check=checks.at_margin,
    ),
    Alarm(
        key="edges",
        title="Like the edges",
        sentence=(
            "The map ranks places as the edges of the image do (rank correlation {value:.2f}), "
            "which takes no model."
        ),
        remedy="See in the scorecard whether it beats them.",
        check=checks.like_edges,
    ),
    Alarm(
        key="improbable",
        title="Improbable target",
        sentence="The model gives this target a probability of only {probability:.2g}.",
        remedy="Explain the most likely class, too.",
        check=checks.improbable,
    ),
    Alarm(
        key="undecided",
        title="Undecided model",
        sentence="The model hardly prefers any class, as it does after wrong preprocessing.",
        remedy="Check the preprocessing and the image.",
        check=checks.undecided,
    ),
    Alarm(
        key="small-zone",
        title="Small zone",
        sentence="The zone is very small: the map may change a lot with the seed.",
        remedy="Check its band before you trust it.",
        check=checks.small_zone,
    ),
    Alarm(
        key="turned-round",
        title="Cells against the target",
        sentence="Hiding the strongest cells of this map tends to raise the score.",
        remedy="Use a signed method such as Kernel SHAP: it shows what speaks against the target.",
        check=checks.turned_round,
    ),
    Alarm(
        key="random",
        title="Not above random",
        sentence="Fewer than nine random maps in ten predict the scores worse than this map does.",
        remedy="Do not rely on it: try another method, fill or score.",
        check=checks.not_above_random,
    ),
    Alarm(
        key="fill",
        title="The fill decides",
        sentence="Another fill ranks the cells differently (rank correlation {value:.2f}).",
        remedy="Trust only what both maps show.",
        check=checks.other_fill,
    ),
    Alarm(
        key="scale",
        title="The score decides",
        sentence="Probability and logit rank the cells differently (rank correlation {value:.2f}).",
        remedy="Trust only what both maps show.",
        check=checks.other_score,
    ),
)
"""In the order in which they are said."""

KEYS = tuple(alarm.key for alarm in ALARMS)
LATE = ("turned-round", "random", "fill", "scale")
"""Keys of those that only a finished pass or another map can tell."""


def raised(known: KnownMap, keys: Sequence[str] = KEYS) -> dict[str, Phrase]:
    """What is wrong with a map, by key of the alarm.

    Args:
        known: the map.
        keys: alarms that are looked at.
    """
    found = ((alarm.key, alarm.said(known)) for alarm in ALARMS if alarm.key in keys)
    return {key: said for key, said in found if said is not None}
