"""How a training begins: a data set, a kind, a budget; its price is measured before it starts."""

import streamlit as st

from components.session.choosing import choose_from_list, choose_one
from components.session.guard import attempt
from components.session.keys import DATA, RUN_EPOCHS, RUN_REFUSED, RUN_SEARCH, RUN_TRIALS, RUNS, remember
from components.session.offers.data_sets import data_set, offered_sets
from components.words.i18n import _, sentence
from components.words.plain import as_text
from compute.lab.starting import TrainingRequest, prepare_training, refuse_training
from data_store.base.words import DataSet
from engine.errors import VitrineError


def offer_training() -> None:
    """The form, or a sentence on why nothing can be started here."""
    refused = attempt(refuse_training)
    if isinstance(refused, VitrineError):
        st.info(as_text(sentence(refused)))
        return
    fitting = _fitting()
    if not fitting:
        st.info(_("No data set here has classes. Add one on the page Data set."))
        return
    st.caption(
        _("A head learns on EfficientNet-Lite0, whose ImageNet weights come with Vitrine.")
        + " "
        + _("The test part is looked at once, at the end.")
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="run-choice"):
        key = choose_from_list(
            DATA, _("Data set"), list(fitting), lambda one: _(fitting[one].title), width=240
        )
        searches = {
            "none": _("One training"),
            "random": _("Random search"),
            "bayesian": _("Bayesian search"),
            "hyperband": _("Hyperband"),
        }
        search = choose_from_list(RUN_SEARCH, _("Kind"), list(searches), searches.__getitem__, width=200)
        epochs = choose_one(RUN_EPOCHS, _("Epochs at most"), ["3", "10", "30"], str, "10")
        trials = "5"
        if search in ("random", "bayesian"):
            trials = choose_one(RUN_TRIALS, _("Trials"), ["3", "5", "10", "20"], str, "5")
    asked = TrainingRequest(key, search, int(epochs), int(trials))
    st.button(
        _("Estimate the time"), key="run-price", type="primary", on_click=_prepare, args=(asked, fitting[key])
    )


def _fitting() -> dict[str, DataSet]:
    found = {key: attempt(data_set, key) for key in offered_sets()}
    return {
        key: data
        for key, data in found.items()
        if isinstance(data, DataSet) and not isinstance(attempt(refuse_training, data), VitrineError)
    }


def _prepare(asked: TrainingRequest, data: DataSet) -> None:
    outcome = attempt(prepare_training, asked, data)
    if isinstance(outcome, VitrineError):
        remember(RUN_REFUSED, outcome)
        return
    remember(RUN_REFUSED, None)
    remember(RUNS, [outcome])
