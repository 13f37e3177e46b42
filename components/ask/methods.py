"""Choice of the explanation method, among those of the table that fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components.session.keys import METHOD
from components.session.links import accept_short
from components.words.i18n import _
from engine.methods import METHODS, Method

if TYPE_CHECKING:
    from compute.work.predict import Prediction


def choose_method(prediction: Prediction) -> Method:
    """A method that answers for all targets at once and fits the model; there is a list if there
    are several.
    """
    from compute.work.kinds import map_kind

    fitting = {
        key: method
        for key, method in METHODS.items()
        if map_kind(method).most_targets is None and prediction.why_not(method) is None
    }
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    accept_short(METHOD, fitting, lambda method: _(method.title))
    key = st.selectbox(
        _("Method"),
        list(fitting),
        format_func=lambda key: _(fitting[key].title),
        key=METHOD,
        bind="query-params",
    )
    return fitting[key]
