"""Matrix of agreement between the maps of a page, two numbers for each pair."""

from itertools import combinations

import streamlit as st

from components.session.cache import in_session
from components.session.keys import AGREEMENT
from components.words import numbers
from components.words.i18n import _
from components.words.templates import show_html
from engine.evaluation.agreement import Agreement, Ranked, agreement, rank
from engine.explanation import Explanation
from engine.visualise.strength import upward

FEW = 6
"""Names of so many maps stand side by side; those of more stand upright."""


@in_session(64)
def _ranked(_explanation: Explanation, mark: tuple[object, ...]) -> Ranked:
    return rank(upward(_explanation))


def show_agreement(maps: dict[str, Explanation]) -> None:
    """A table over maps by name: rank correlation below the diagonal, overlap of the highest tenth above."""
    if len(maps) < 2:
        return
    names = list(maps)
    ranked = {name: _ranked(explanation, _mark(explanation)) for name, explanation in maps.items()}
    found = {(one, two): agreement(ranked[one], ranked[two]) for one, two in combinations(names, 2)}
    places = range(len(names))
    rows = [[_cell(found, names, down, across) for across in places] for down in places]
    with st.container(key=AGREEMENT):
        _show_table(names, rows)


def _show_table(names: list[str], rows: list[list[dict[str, str] | None]]) -> None:
    st.subheader(_("Agreement between maps"))
    show_html("explain/agreement_view", names=names, rows=rows, upright=len(names) > FEW)
    st.caption(
        _(
            "Below the diagonal: rank correlation of the raw values; 1 means the same order, 0 no "
            "relation. Above it: overlap of the top 10 %; by chance it is 10 %. Maps whose lowest "
            "values matter most are inverted first. Methods measure different things. Agreement "
            "does not prove them right, and disagreement does not prove one wrong."
        )
    )


def _mark(explanation: Explanation) -> tuple[object, ...]:
    """What tells one map from another without hashing its values."""
    origin = explanation.provenance
    return (
        explanation.method,
        explanation.target.digest,
        origin.fingerprint,
        origin.picture_sha256,
        str(explanation.params),
        explanation.cost,
    )


def _cell(
    found: dict[tuple[str, str], Agreement], names: list[str], down: int, across: int
) -> dict[str, str] | None:
    """A number with its colour; None for a map with itself."""
    if down == across:
        return None
    pair = (names[min(down, across)], names[max(down, across)])
    below = down > across
    value = found[pair].rank_correlation if below else found[pair].top_overlap
    kind = _("rank correlation") if below else _("overlap of the top 10 %")
    text = "–" if value is None else numbers.probability(value) if below else numbers.share(value)
    tone = 0.0 if value is None else abs(value)
    hue = "11,96,117" if value is None or value >= 0 else "192,98,0"
    colour = f"rgb({hue},{0.06 + 0.5 * tone:.2f})"
    return {"title": f"{pair[0]}, {pair[1]}: {kind}", "colour": colour, "text": text}
