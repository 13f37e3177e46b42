"""Classifiers on features that a model has learnt on other images; each of them can be explained."""

import streamlit as st

from components.jobs.predictions import prediction_of
from components.lab.learning_view import show_learning
from components.lab.question import ask_question, offer_classifiers
from components.session.choice import current_choice
from components.words.i18n import _

st.markdown(_("How far do the features of a model carry over to other classes?"))

choice = current_choice()
prediction = None if offer_classifiers(choice) else prediction_of(choice)
if prediction is not None:
    asked = ask_question(choice, prediction)
    if asked is not None:
        show_learning(asked, prediction.seconds_per_run)
