"""A row as a model of the session: written, examined as a stranger's file is, admitted, and explained."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from components.data.measured import answers_of
from components.jobs.orders import keep_only
from components.lab.question import LearningQuestion
from components.own_models.candidate import Candidate
from components.own_models.examined import examined
from components.session.choosing import choose_from_list
from components.session.guard import attempt, say
from components.session.keys import LEARNT, LEARNT_ROW, MODEL, forget, recall, remember
from components.session.own_models import add_to_session, visible_models
from components.words.i18n import _
from components.words.plain import as_text
from compute.doctor.admission import ModelDescription, admit_model, suggested_description
from compute.doctor.diagnosis import Diagnosis
from compute.transfer.network_order import NetworkOrder, NetworkSpec
from compute.transfer.order import TransferView
from engine.errors import VitrineError
from engine.transfer.rows import ranked_rows
from engine.transfer.table import TransferSetting
from model_store.catalogue import entry_of
from model_store.own.model import Preprocessing
from model_store.own.store import stage_upload

COMPARE_PAGE, GALLERY_PAGE = "pages/explain/compare.py", "pages/explain/gallery.py"
FILE = "transfer.keras"


@dataclass(frozen=True)
class MadeModel:
    """A row on its way to a model.

    Attributes:
        identity: of the order that writes it.
        candidate: under examination; None before.
        key: of the admitted model; "" before.
    """

    identity: Hashable
    candidate: Candidate | None = None
    key: str = ""


def offer_explanation(asked: LearningQuestion, view: TransferView) -> None:
    """Choose a row, make a model of it, and go on to its maps."""
    st.subheader(_("Explain a classifier"), anchor=False)
    rows = list(view.rows().values())
    settings = [rows[place].setting for place in ranked_rows(rows) if rows[place].setting.row.exported]
    if not settings:
        st.info(_("Nearest neighbours keep all training images, so they do not become a model."))
        return
    titles = {f"{one.classifier}-{one.preparation.pca or 0:g}": one for one in settings}
    shown = {key: _title(one) for key, one in titles.items()}
    key = choose_from_list(LEARNT_ROW, _("Classifier"), list(shown), shown.__getitem__, width=320)
    order = NetworkOrder(NetworkSpec(asked.ref, asked.what, titles[key]), view.order.table)
    _say_scores(titles[key])
    made: MadeModel | None = recall(LEARNT, None)
    if made is None or made.identity != order.identity:
        begin: dict[str, Any] = {"on_click": remember, "args": (LEARNT, MadeModel(order.identity))}
        st.button(_("Make it a model"), key="learn-model", **begin)
        return
    _go_through(asked, titles[key], order)


def _title(setting: TransferSetting) -> str:
    title = _(setting.row.title)
    return _("{title}, PCA").format(title=title) if setting.preparation.pca else title


def _say_scores(setting: TransferSetting) -> None:
    if setting.row.probable:
        st.caption(_("Its maps explain logits; a softmax of them gives probabilities."))
    else:
        st.caption(
            _("Its maps explain margins of the SVM. Their softmax ranks classes; it is no probability.")
        )


def _go_through(asked: LearningQuestion, setting: TransferSetting, order: NetworkOrder) -> None:
    """Write, examine, admit; each step shows that it is under way."""
    made: MadeModel = recall(LEARNT, MadeModel(order.identity))
    if made.key in visible_models():
        _show_admitted(made.key)
        return
    keep_only([order], NetworkOrder.kind)
    views = answers_of([order])
    content = None if views is None else views[0].result()
    if content is None:
        return
    found = made.candidate or _examine(made, content, _title(setting))
    if found is None:
        return
    diagnosis = examined(found)
    if diagnosis is None:
        return
    description = _description(asked, setting, diagnosis)
    use: dict[str, Any] = {"on_click": _use, "args": (found, diagnosis, description)}
    st.button(_("Use this model"), type="primary", key="learn-use", **use)
    if found.refused is not None:
        say(found.refused)


def _examine(made: MadeModel, content: bytes, title: str) -> Candidate | None:
    """Begin the examination that a stranger's file passes; None where there is no room for it."""
    path = attempt(stage_upload, content, FILE)
    if isinstance(path, VitrineError):
        say(path)
        return None
    found = Candidate(title, lambda _candidate: path)
    remember(LEARNT, replace(made, candidate=found))
    return found


def _description(asked: LearningQuestion, setting: TransferSetting, diagnosis: Diagnosis) -> ModelDescription:
    entry, data = entry_of(asked.ref), asked.data
    title = _("{classifier} on {data}").format(classifier=_title(setting), data=_(data.title))
    return replace(
        suggested_description(diagnosis, title),
        title=title,
        labels=data.labels,
        preprocessing=Preprocessing(entry.preset),
        licence=" / ".join(filter(None, (str(entry.licence), str(data.licence)))),
        source=f"{entry.key}, {asked.what.layer}, {setting.classifier}",
    )


def _use(found: Candidate, diagnosis: Diagnosis, description: ModelDescription) -> None:
    """Admit it, for this session, and select it; a second click on the way finds it there."""
    made: MadeModel | None = recall(LEARNT, None)
    if made is None or made.candidate is not found or made.key:
        return
    key = attempt(admit_model, found.path, diagnosis, description)
    if isinstance(key, VitrineError):
        found.refused = key
        return
    add_to_session(key)
    remember(LEARNT, MadeModel(made.identity, key=key))
    remember(MODEL, key)


def _show_admitted(key: str) -> None:
    entry = visible_models()[key]
    text = _("**{title}** is in the list of models, and selected in the bar on top.")
    st.success(text.format(title=as_text(entry.title)))
    with st.container(horizontal=True):
        for page, title in ((COMPARE_PAGE, _("Compare methods")), (GALLERY_PAGE, _("Try every method"))):
            st.page_link(page, label=f"{title} →", width="content")
    st.button(_("Learn again"), key="learn-again", on_click=forget, args=(LEARNT,))
