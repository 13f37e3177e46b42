"""What somebody brings: a large place for images on the start page, and the way to a model of one's own."""

import streamlit as st

from components.batch.tray_view import limits, take_files
from components.session.keys import START_FILES
from components.words.i18n import _

MODEL_PAGE = "pages/start/own_model.py"


def offer_own() -> None:
    """Drop an image and see what the model makes of it; or bring a model."""
    images, model = st.columns(2, gap="medium")
    with images:
        st.subheader(_("Your own image"), anchor=False)
        with st.container(key="drop"):
            take_files(START_FILES)
        st.caption(limits())
    with model:
        st.subheader(_("Your own model"), anchor=False)
        with st.container(border=True, key="card-own-model"):
            title = _("Add a model")
            st.page_link(MODEL_PAGE, label=f"**{title}** →")
            st.markdown(_("A Keras file, or a SegFormer or image classifier from the Hugging Face Hub."))
