"""Zones and borders of a segmentation: click, and see what the model's answer there depends on."""

import streamlit as st

from components.ask.methods import choose_method
from components.ask.params_form import params_form
from components.ask.precision import show_precision
from components.ask.question import ask_about, lead
from components.examples.link import offer_counterfactual
from components.explain.explanation_view import show_explanation
from components.grades.card import show_card
from components.grades.stability_view import show_stability
from components.jobs.orders import order_maps
from components.jobs.predictions import segmentation_of
from components.maps.legend import class_shares, show_legend
from components.session.choice import current_choice
from components.words.i18n import _

asked = st.empty()
asked.markdown(lead("zone"))

choice = current_choice()
prediction = segmentation_of(choice, live=False)
if prediction is not None and prediction.zones is not None:
    left, right = st.columns(2, gap="medium")
    with left:
        question = ask_about(choice, prediction)
        asked.markdown(lead(question.ask))
        show_legend(class_shares(prediction.zones, prediction.facts.colours))
    with right:
        answer = st.container()
        with st.expander(_("Method and settings")):
            method = choose_method(prediction)
            params = params_form(method.params)
            show_precision(prediction.backend)
        with answer:
            finished = show_explanation(choice, order_maps(choice, prediction, method, params), question)
    if finished is not None:
        show_card(finished)
        show_stability(finished)
        offer_counterfactual(question.zone)
