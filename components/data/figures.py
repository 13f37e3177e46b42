"""A figure in large type with its 95 % interval below it."""

import math

import streamlit as st

from components.words import numbers
from components.words.i18n import _
from engine.evaluation.intervals import Interval


def show_figure(name: str, value: float, interval: Interval, about: str | None = None) -> None:
    """Draw a figure 0-1; without an interval, which one image has none of, the value alone."""
    with st.container(width="content", gap=None):
        st.metric(name, numbers.decimal(value, 3), help=about)
        if not math.isnan(interval[0]):
            low, high = (numbers.decimal(end, 3) for end in interval)
            st.caption(_("95 %: {low} to {high}").format(low=low, high=high))
