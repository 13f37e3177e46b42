"""Way from the map of a zone to its counterfactual."""

import streamlit as st

from components.words.i18n import _

EXAMPLES_PAGE = "pages/explain/examples.py"


def offer_counterfactual(zone: int | None) -> None:
    """A link to the smallest part whose hiding changes a zone; nothing where none is chosen."""
    if zone is not None:
        label = _("What is the smallest part whose hiding changes this zone?")
        st.page_link(EXAMPLES_PAGE, label=label + " →", query_params={"zone": str(zone + 1)})
