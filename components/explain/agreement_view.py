"""Matrix of agreement between the maps of a page, two numbers for each pair."""

from __future__ import annotations

from html import escape
from itertools import combinations

import streamlit as st

from components.session.cache import in_session
from components.words import numbers
from components.words.i18n import _
from engine.evaluation.agreement import Agreement, Ranked, agreement, rank
from engine.explanation import Explanation
from engine.visualise.strength import upward

_TABLE = (
    '<div style="overflow-x:auto"><table '
    'style="border-collapse:separate;border-spacing:3px;font-variant-numeric:tabular-nums">'
    "<thead><tr><th></th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
)
_ROW_HEAD = (
    '<th scope="row" style="font-weight:600;text-align:start;padding:.25rem '
    '.5rem;max-width:11rem">{text}</th>'
)
_HEAD = (
    '<th scope="col" style="font-weight:600;text-align:center;vertical-align:bottom;padding:.25rem '
    '.5rem;max-width:11rem">{text}</th>'
)
_UPRIGHT_HEAD = (
    '<th scope="col" style="font-weight:600;vertical-align:bottom;padding:.5rem .25rem">'
    '<span style="writing-mode:vertical-rl;transform:rotate(180deg);text-align:start;'
    'white-space:nowrap">{text}</span></th>'
)
FEW = 6
"""Names of so many maps stand side by side; those of more stand upright."""

_CELL = (
    '<td title="{title}" '
    'style="text-align:center;white-space:nowrap;min-width:2.3rem;padding:.35rem '
    ".15rem;font-size:.85rem;"
    'border-radius:4px;background:{colour}">{text}</td>'
)
_SELF = '<td aria-hidden="true" style="text-align:center;opacity:.4">·</td>'


@in_session(64)
def _ranked(_explanation: Explanation, mark: tuple[object, ...]) -> Ranked:
    return rank(upward(_explanation))


def show_agreement(maps: dict[str, Explanation]) -> None:
    """A table over all maps by their names: rank correlation below the diagonal, overlap of the highest tenth
    above it.
    """
    if len(maps) < 2:
        return
    names = list(maps)
    ranked = {name: _ranked(explanation, _mark(explanation)) for name, explanation in maps.items()}
    found = {(one, two): agreement(ranked[one], ranked[two]) for one, two in combinations(names, 2)}
    head = _HEAD if len(names) <= FEW else _UPRIGHT_HEAD
    heads = "".join(head.format(text=escape(name)) for name in names)
    rows = "".join(_row(found, names, place) for place in range(len(names)))
    st.subheader(_("How far the maps agree"))
    st.html(_TABLE.format(heads=heads, rows=rows))
    st.caption(
        _(
            "Below the diagonal: rank correlation of the raw values, 1 for the same order of all places, 0 "
            "for none. Above it: how much of the highest tenth of one map is in the highest tenth of the "
            "other; 10 % by chance. A map whose lowest values are the strong ones is turned round first. "
            "Methods measure different things: agreement is no proof that they are right, nor disagreement "
            "that one is wrong."
        )
    )


def _row(found: dict[tuple[str, str], Agreement], names: list[str], down: int) -> str:
    cells = "".join(_cell(found, names, down, across) for across in range(len(names)))
    return f"<tr>{_ROW_HEAD.format(text=escape(names[down]))}{cells}</tr>"


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


def _cell(found: dict[tuple[str, str], Agreement], names: list[str], down: int, across: int) -> str:
    if down == across:
        return _SELF
    pair = (names[min(down, across)], names[max(down, across)])
    below = down > across
    value = found[pair].rank_correlation if below else found[pair].top_overlap
    kind = _("rank correlation") if below else _("overlap of the highest tenth")
    text = "–" if value is None else numbers.probability(value) if below else numbers.share(value)
    tone = 0.0 if value is None else abs(value)
    hue = "11,96,117" if value is None or value >= 0 else "192,98,0"
    title = escape(f"{pair[0]}, {pair[1]}: {kind}", quote=True)
    return _CELL.format(title=title, colour=f"rgb({hue},{0.06 + 0.5 * tone:.2f})", text=text)
