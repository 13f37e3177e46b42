"""Predictions for the chosen image: ordered once model and image are known, shown once they are there."""

from dataclasses import replace
from typing import Any, cast

import streamlit as st

from components.jobs.download import offer_download
from components.jobs.finished import finished_job
from components.jobs.orders import give_up, keep_predictions_of, known_job, live_job
from components.session.choice import Choice
from components.session.guard import say
from components.session.keys import LIVE, MODEL, SAMPLE, recall, remember
from components.session.media import photo_bytes
from components.session.resources import job_queue, sample_picture
from components.session.samples import offered
from components.session.waiting import soon, wait_for
from components.words.i18n import _
from components.words.plain import as_text
from compute.scheduling.subscription import Subscription
from compute.work.maps import MapOrder
from compute.work.predict import Prediction, PredictOrder, PredictView
from engine.images.picture import Picture
from model_store.catalogue import CATALOGUE, DEFAULT_MODEL

LOOK_SECONDS = 0.8
"""A model that is loaded has looked at a picture by then, also at one of a new size."""


def prediction_of(choice: Choice, live: bool = True) -> Prediction | None:
    """The model's answer; None while it is not there, and then the page says what it waits for.

    Args:
        choice: model and image.
        live: of a model in memory; otherwise one that came with Vitrine will do.
    """
    picture = choice.picture
    if picture is None:
        wait_for(_is_there, lambda: _show_waiting(None, _("Drawing the sample image ...")))
        return None
    shipped = None if live or recall(LIVE, "") == picture.sha256 else _shipped(choice)
    return shipped or _live_prediction(choice, picture, beside=False)


def live_order(choice: Choice, order: MapOrder[Any]) -> MapOrder[Any] | None:
    """An order as it can be answered: as it is if that came with Vitrine, otherwise asked of a model in
    memory; None while that looks at the image, and then the page says so.
    """
    if order.prediction.made is None or finished_job(order) is not None:
        return order
    prediction = _live_prediction(choice, choice.seen, beside=True)
    if prediction is None:
        return None
    if prediction.targets.digest != order.prediction.targets.digest:
        remember(LIVE, choice.seen.sha256)
        st.rerun()  # another machine, other zones at the edges: the question is asked anew
    return cast("MapOrder[Any]", replace(cast(Any, order), prediction=prediction))


def _live_prediction(choice: Choice, picture: Picture, beside: bool) -> Prediction | None:
    """The answer of a model in memory; while it is not there, said beside the image or below it."""
    if not offer_download(choice.entry):
        return None
    keep_predictions_of(picture)
    job = live_job(PredictOrder(choice.ref, picture))
    if job is None:
        wait_for(
            lambda: job_queue() is not None,
            lambda: _show_waiting(picture, _("Step 1 of 3: starting the computing service ..."), beside),
        )
        return None
    if not soon(job, grace=LOOK_SECONDS):
        wait_for(
            lambda: job.finished,
            lambda: _show_waiting(
                picture, _("Step 2 of 3: loading the model and processing the image ..."), beside
            ),
        )
        return None
    return _answer(choice, job)


def _shipped(choice: Choice) -> Prediction | None:
    job = finished_job(PredictOrder(choice.ref, choice.seen))
    return None if job is None else job.view.result()


def known_prediction(choice: Choice) -> Prediction | None:
    """The model's answer if it is there; nothing is ordered and nothing is said."""
    job = None if choice.picture is None else known_job(PredictOrder(choice.ref, choice.picture))
    return None if job is None else job.view.result()


def segmentation_of(choice: Choice, live: bool = True) -> Prediction | None:
    """The model's answer if it has zones; otherwise the page says what to do."""
    prediction = prediction_of(choice, live)
    if prediction is not None and prediction.zones is None:
        text = _("{title} classifies whole images and has no zones. A segmentation model has.")
        st.info(text.format(title=as_text(_(choice.entry.title))))
        use = _("Use {title}").format(title=_(CATALOGUE[DEFAULT_MODEL.key].title))
        st.button(
            use, type="primary", key="use-segmenter", on_click=remember, args=(MODEL, DEFAULT_MODEL.key)
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


def _show_waiting(picture: Picture | None, text: str, beside: bool = False) -> None:
    """The image as it is, unless it stands beside this, and what is waited for."""
    with st.container() if beside else st.columns(2, gap="medium")[0]:
        if picture is None or beside:
            st.skeleton(height=300)
        else:
            st.image(photo_bytes(picture.sha256, picture.pixels), alt=_(picture.name), width="stretch")
        st.status(text)
