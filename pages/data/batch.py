"""Many pictures: the same question asked of all of them, with one table of the answers."""

import streamlit as st

from components.batch.choice import ask_batch
from components.batch.pictures import choose_pictures
from components.batch.view import offer_batch, show_batch
from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.words.i18n import _

st.markdown(_("One model, one method, many images: a table of scores, and the maps of each image."))

choice = current_choice()
prediction = prediction_of(choice)
if prediction is not None:
    pictures = choose_pictures(choice)
    offer_batch(ask_batch(choice, prediction), choice, prediction, pictures)
show_batch()
