"""Card of a model: what is known of it, for people."""

from functools import reduce

import streamlit as st

from components.session.keys import ABOUT_MODEL
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.work.predict import Prediction
from engine.model import Backend
from model_store.catalogue import Entry, model_folder
from model_store.own.entries import words_of_own

CARDS = ("README.md", "MODEL_CARD.md", "card.md")
HUB = "https://huggingface.co/"
APPLICATIONS = "https://keras.io/api/applications/"
FEW = 19


def origin_of(entry: Entry) -> str:
    """Where its files come from."""
    if entry.own:
        return as_text(words_of_own(entry.key).source) or _("Added by a user of this server.")
    if entry.repo_id is not None:
        return f"[{entry.repo_id}]({HUB}{entry.repo_id})"
    return (
        _("Shipped with Vitrine.")
        if entry.shipped
        else _("[keras.applications]({url})").format(url=APPLICATIONS)
    )


def _classes(labels: tuple[str, ...]) -> str:
    """How many there are, and the first of them."""
    more = ", ..." if len(labels) > FEW else ""
    return _("{name}: {text}").format(
        name=numbers.count(len(labels)),
        text=as_text(", ".join(_(label).split(",")[0] for label in labels[:FEW])) + more,
    )


def _answered(prediction: Prediction) -> str:
    if prediction.zones is None:
        return ""
    rows, columns = prediction.output_shape[:2]
    return _(", output map of {columns} x {rows}").format(columns=columns, rows=rows)


def _runs_on(backend: Backend) -> str:
    """What runs it forwards, and why."""
    others = [
        _("{name} {time}").format(name=name, time=numbers.milliseconds(seconds))
        for name, seconds in backend.seconds.items()
    ]
    parts = [backend.name]
    if others:
        parts.append(_("tested here: {others} per image").format(others=", ".join(others)))
    if backend.difference:
        parts.append(
            _("its probabilities match TensorFlow's within {difference}").format(
                difference=numbers.general(backend.difference, 1)
            )
        )
    parts += [
        _("not {name}: {reason}").format(name=name, reason=_(reason))
        for name, reason in backend.refused.items()
    ]
    return reduce(lambda first, second: _("{first}; {second}").format(first=first, second=second), parts)


def show_model_card(entry: Entry, prediction: Prediction) -> None:
    """Where it comes from, under which terms, and at which size it looked at the picture."""
    height, width = prediction.input_hw
    facts = {
        _("Model"): as_text(_(entry.title)),
        _("Source"): origin_of(entry),
        _("Licence"): as_text(_(entry.licence)),
        _("Classes"): _classes(prediction.facts.labels),
        _("Input images"): _("{width} x {height} pixels").format(width=width, height=height)
        + _answered(prediction),
        _("Speed here"): _("{seconds} for a thousand model evaluations").format(
            seconds=numbers.duration(prediction.seconds_per_run * 1000)
        ),
        _("Computed with"): _runs_on(prediction.backend),
    }
    line = "- " + _("**{name}**: {text}")
    text = "\n".join(line.format(name=name, text=value) for name, value in facts.items())
    st.container(key=ABOUT_MODEL).markdown(text)
    card = next((path for path in (model_folder(entry) / name for name in CARDS) if path.is_file()), None)
    if card is not None:
        with st.expander(_("Model card")):
            st.markdown(card.read_text("utf-8"))
