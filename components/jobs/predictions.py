"""Predictions for the chosen image: ordered once model and image are known, shown once they are there."""

import streamlit as st

from components.jobs.download import offer_download
from components.jobs.orders import give_up, job_of, keep_predictions_of, known_job
from components.session.choice import Choice
from components.session.guard import say
from components.session.keys import SAMPLE, recall
from components.session.media import photo_bytes
from components.session.resources import job_queue, sample_picture
from components.session.samples import offered
from components.session.waiting import soon, wait_for
from components.words.i18n import _
from components.words.plain import as_text
from compute.scheduling.subscription import Subscription
from compute.work.predict import Prediction, PredictOrder, PredictView
from engine.images.picture import Picture

LOOK_SECONDS = 0.8
"""A model that is loaded has looked at a picture by then, also at one of a new size."""


def prediction_of(choice: Choice) -> Prediction | None:
    """The model's answer; None while it is not there, and then the page says what it waits for."""
    picture = choice.picture
    if picture is None:
        wait_for(_is_there, lambda: _show_waiting(None, _("Drawing the sample picture ...")))
        return None
    if not offer_download(choice.entry):
        return None
    keep_predictions_of(picture)
    job = job_of(PredictOrder(choice.ref, picture))
    if job is None:
        wait_for(
            lambda: job_queue() is not None,
            lambda: _show_waiting(picture, _("Starting the computing service ...")),
        )
        return None
    if not soon(job, grace=LOOK_SECONDS):
        wait_for(
            lambda: job.finished,
            lambda: _show_waiting(
                picture, _("The model looks at the picture; after a start it is loaded first ...")
            ),
        )
        return None
    return _answer(choice, job)


def known_prediction(choice: Choice) -> Prediction | None:
    """The model's answer if it is there; nothing is ordered and nothing is said."""
    job = None if choice.picture is None else known_job(PredictOrder(choice.ref, choice.picture))
    return None if job is None else job.view.result()


def segmentation_of(choice: Choice) -> Prediction | None:
    """The model's answer if it has zones; otherwise the page says what to do."""
    prediction = prediction_of(choice)
    if prediction is not None and prediction.zones is None:
        st.info(
            _(
                "{title} names whole pictures and has no zones. Please choose a model for segmentation."
            ).format(title=as_text(_(choice.entry.title)))
        )
        return None
    return prediction


def _is_there() -> bool:
    return sample_picture(recall(SAMPLE, "") or next(iter(offered()))) is not None


def _answer(choice: Choice, job: Subscription[PredictView]) -> Prediction | None:
    if job.error is not None:
        say(job.error)
        st.button(_("Try again"), on_click=give_up, args=(job.order,), key=f"again-{choice.ref}")
        return None
    return job.view.result()


def _show_waiting(picture: Picture | None, text: str) -> None:
    """The picture as it is, and what is waited for."""
    left, _right = st.columns(2, gap="medium")
    with left:
        if picture is None:
            st.skeleton(height=300)
        else:
            st.image(photo_bytes(picture.sha256, picture.pixels), alt=_(picture.name), width="stretch")
        st.status(text)
