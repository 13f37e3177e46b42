"""Start: the picture, what the model says about it, and what can be asked."""

from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.start.model_list import offer_models
from components.start.overview import show_about_model, show_answer, show_next_steps
from components.start.own import offer_own
from components.start.tour import offer_tour

choice = current_choice()
prediction = prediction_of(choice, live=False)
if prediction is not None:
    show_answer(choice, prediction)
    offer_own()
    show_next_steps(prediction)
    show_about_model(choice, prediction)
    offer_models(choice, prediction)
    offer_tour(choice)
