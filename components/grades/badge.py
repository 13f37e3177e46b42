"""The badge of a method and a model: do its maps depend on what the model has learnt?"""

import streamlit as st

from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.shipped.sanity import MethodSanity, shipped_sanity
from engine.explanation import Explanation
from engine.phrase import later
from engine.sanity.outcome import Alike, SanityOutcome, Verdict
from model_store.catalogue import ModelRef

SANITY_BADGE = "sanity-badge"
PAPER = "https://arxiv.org/abs/1810.03292"

LABELS = {
    "moves": later("Depends on the weights"),
    "partly": later("Depends partly on the weights"),
    "stays": later("Hardly depends on the weights"),
    "unknown": later("Dependence on the weights unknown"),
}
SIGNS = {"moves": "✓", "partly": "◐", "stays": "⚠", "unknown": "?"}
"""Before the label: Streamlit's own symbols would be fetched from the web."""
MEANINGS = {
    "moves": later(
        "With random weights, this method gives another map. A true map must do so; it is no proof of one."
    ),
    "partly": later(
        "With random weights, this method gives another map. But more of it stays than two random "
        "networks share."
    ),
    "stays": later(
        "With random weights, much of this method's map stays as it is. It shows the image, or where "
        "the zone is, more than the model."
    ),
    "unknown": later("Most maps of random networks are empty, so there is nothing to compare."),
}
DEPTHS = (
    later("the last layer"),
    later("a quarter of the layers"),
    later("half of the layers"),
    later("three quarters of the layers"),
    later("all layers"),
)


def show_badge(ref: ModelRef, method: str, suffix: str = "") -> bool:
    """The badge that came with Vitrine; nothing where none did.

    Args:
        ref: the model.
        method: key in the table.
        suffix: of the key, where a page has several badges.

    Returns:
        whether there is one.
    """
    found = shipped_sanity(ref, method)
    if found is None:
        return False
    with st.popover(badge_label(found.outcome), key=f"{SANITY_BADGE}{suffix}", type="tertiary"):
        show_outcome(found.outcome)
        st.caption(_tested_on(found))
    return True


def known_verdict(explanation: Explanation) -> Verdict | None:
    """The verdict that came with Vitrine on the method of a map and its model, or None."""
    found = shipped_sanity(ModelRef.recorded(explanation.provenance.model), explanation.method)
    return None if found is None else found.outcome.verdict


def badge_label(outcome: SanityOutcome) -> str:
    """The verdict in a few words, with its sign."""
    return f"{SIGNS[outcome.verdict]} {_(LABELS[outcome.verdict])}"


def show_outcome(outcome: SanityOutcome) -> None:
    """What the verdict means, and the figures behind it."""
    st.markdown(_(MEANINGS[outcome.verdict]))
    if not outcome.depths:
        return
    st.markdown(
        _("The weights were drawn anew, from the last layer on. So much of the order in the map was left:")
    )
    last = {depth: name for depth, name in enumerate(DEPTHS, 1) if depth in outcome.depths}
    rows = [(_(name), _left(outcome.depths[depth])) for depth, name in last.items()]
    if outcome.level is not None:
        rows.append((_("Two random networks share"), _left(outcome.level)))
    names, values = zip(*rows, strict=True)
    st.table({_("Random weights"): names, _("Left"): values})
    text = _("Rank correlation of the maps: 1 is all, 0 is nothing. [Adebayo et al. 2018]({url})")
    st.caption(text.format(url=PAPER))


def _left(alike: Alike) -> str:
    value = numbers.decimal(alike.left, 2)
    return f"{value} ± {numbers.decimal(alike.spread, 2)}" if alike.spread else value


def _tested_on(found: MethodSanity) -> str:
    """Which images, and how many networks."""
    return _("{count} random networks, tested on: {images}.").format(
        count=numbers.count(found.seeds), images=", ".join(as_text(_(title)) for title in found.images)
    )
