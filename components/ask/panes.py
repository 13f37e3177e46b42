"""Panes of a page: choosing at the left, what comes of it beside; on a phone below each other."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def panes() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Where things are chosen (at most 300 pixels wide), and where results stand."""
    with st.container(horizontal=True, gap="medium", key="panes"):
        return st.container(key="choosing", width=300), st.container(key="results")
