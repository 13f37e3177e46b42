"""Which explanation method is used: those of the table that fit."""

from __future__ import annotations

import streamlit as st

from components.i18n import _
from components.links import accept_short
from components.session import METHOD
from engine.methods import METHODS, Method
from engine.model import ModelFacts


def choose_method(facts: ModelFacts) -> Method:
    """A method that reads a perturbation pass and fits the model; there is a list if there are several."""
    fitting = {key: method for key, method in METHODS.items() if method.run_by == "perturbation" and method.why_not(facts) is None}
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    accept_short(METHOD, fitting, lambda method: method.title)
    key = st.selectbox(_("Method"), list(fitting), format_func=lambda key: fitting[key].title, key=METHOD, bind="query-params")
    return fitting[key]
