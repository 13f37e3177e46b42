"""Leakage of a map: which other zones lose their score when its cells are hidden."""

import numpy as np
import streamlit as st

from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.trust.grading import GradeRequest
from engine.arrays import Reals

SHOWN = 5
"""Other zones at most."""


def show_leakage(request: GradeRequest, drops: Reals) -> None:
    """The zones whose score falls most, and by how much.

    Args:
        request: the map.
        drops: float64 (T,), mean drop of every target's score while its cells are hidden.
    """
    zones = request.prediction.zones
    assert zones is not None and not isinstance(request.wanted, tuple)
    others = [zone for zone in range(len(zones.zones)) if zone not in _own(request)]
    order = sorted(others, key=lambda zone: -drops[zone])[:SHOWN]
    own = float(drops[request.wanted])
    title = _("What else these cells carry")
    st.markdown(f"**{title}**")
    if not order:
        st.caption(_("There is no other zone in this image."))
        return
    targets = request.prediction.targets
    names = [targets.wanted(zone) for zone in order]
    table = {
        _("Zone"): [_(target.label) for target in names],
        _("Mean drop of its score"): [numbers.decimal(float(drops[zone]), 3) for zone in order],
    }
    st.dataframe(table, hide_index=True, key="leakage")
    mean = float(np.mean([max(float(drops[zone]), 0.0) for zone in others]))
    text = _("Hiding by this map costs {target} {own} on average, and another zone {mean}.")
    label = as_text(_(targets.wanted(request.wanted).label))
    st.caption(text.format(target=label, own=numbers.decimal(own, 3), mean=numbers.decimal(mean, 3)))


def _own(request: GradeRequest) -> tuple[int, ...]:
    return request.prediction.targets.zones_of(request.wanted)
