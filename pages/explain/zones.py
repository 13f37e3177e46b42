"""Zones and borders of a segmentation: click, and see what the model's answer there depends on."""

import streamlit as st

from components.choice import current_choice
from components.explanation_view import explain
from components.i18n import _
from components.legend import class_shares, show_legend
from components.methods import choose_method
from components.params_form import params_form
from components.passes import order_pass
from components.predictions import segmentation_of
from components.question import ask_about

st.title(_("What does this zone depend on?"))

choice = current_choice()
prediction = segmentation_of(choice)
if prediction is not None:
    left, right = st.columns(2, gap="medium")
    with left:
        question = ask_about(choice, prediction)
        show_legend(class_shares(prediction.zones, prediction.facts.colours))
    with right:
        answer = st.container()
        with st.expander(_("Method and settings")):
            method = choose_method(prediction)
            params = params_form(method.params)
        with answer:
            explain(order_pass(choice, prediction, method.key, params), question)
