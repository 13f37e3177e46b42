"""Visibility of the models that somebody has brought."""

import pytest
from streamlit.testing.v1 import AppTest

from components.session.own_models import LINK
from model_store.base.entries import FixedSize
from model_store.catalogue import CATALOGUE
from model_store.own.model import OwnModel
from model_store.own.store import is_upload_key, store_model
from tests.model_store.strangers import archive

OWN = OwnModel('<b onload="x">Mine</b>', "classification", "keras", ("<i>a</i>", "b"), FixedSize(8, 8))


def script() -> None:
    import streamlit as st

    from components.session.own_models import (
        add_to_session,
        delete_uploaded,
        first_model,
        link_to_model,
        visible_models,
    )

    for button, action in {"bring": add_to_session, "leave": delete_uploaded, "carry": link_to_model}.items():
        if st.session_state.get("action") == button:
            action(st.session_state["key"])
    models = visible_models()
    st.json(
        {
            "titles": {key: entry.title for key, entry in models.items() if entry.own},
            "first": first_model(models),
        }
    )


@pytest.fixture
def put(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_OWN", str(tmp_path / "own"))
    path = archive(tmp_path / "model.keras")
    return lambda key=None: store_model(key, OWN, {"model.keras": path})


class OwnModelVisit:
    """A session, whose link may name a model."""

    def __init__(self, linked: str | None = None) -> None:
        self.test = AppTest.from_function(script)
        if linked:
            self.test.query_params[LINK] = linked

    def sees(self, action: str = "", key: str = "") -> set[str]:
        self.test.session_state["action"], self.test.session_state["key"] = action, key
        self.test.run()
        assert not self.test.exception
        import json

        self.said = json.loads(self.test.json[0].value)
        return set(self.said["titles"])


@pytest.mark.slow
def test_two_sessions_do_not_see_each_other_s_models(put):
    mine, theirs = put(), put()
    first, second = OwnModelVisit(), OwnModelVisit()
    assert first.sees("bring", mine) == {mine} and second.sees("bring", theirs) == {theirs}
    assert first.sees() == {mine} and OwnModelVisit().sees() == set()
    assert is_upload_key(mine) and mine != theirs and mine not in CATALOGUE


@pytest.mark.slow
def test_what_the_owner_admits_is_there_for_everybody(put):
    visit = OwnModelVisit()
    assert visit.sees() == set()
    put("admitted")
    assert visit.sees() == {"admitted"} == OwnModelVisit().sees()


@pytest.mark.slow
def test_a_link_with_the_key_opens_the_model(put):
    key = put()
    visit = OwnModelVisit(linked=key)
    assert visit.sees() == {key} and visit.said["first"] == key
    for nothing in ("private-" + "0" * 32, "../x", "streets-unet", "private-*"):
        other = OwnModelVisit(linked=nothing)
        assert other.sees() == set() and other.said["first"] == "streets-segformer"


def test_the_address_names_the_model_while_it_is_chosen(put):
    key = put()
    visit = OwnModelVisit()
    visit.sees("bring", key)
    visit.sees("carry", key)
    assert visit.test.query_params[LINK] in (key, [key])
    visit.sees("carry", "streets-unet")
    assert LINK not in visit.test.query_params


@pytest.mark.slow
def test_a_model_that_is_left_is_gone(put, tmp_path):
    key = put()
    visit = OwnModelVisit()
    assert visit.sees("bring", key) == {key} and visit.sees("leave", key) == set()
    assert not (tmp_path / "own" / key).exists() and OwnModelVisit(linked=key).sees() == set()


def test_equal_titles_are_told_apart(put):
    visit = OwnModelVisit()
    visit.sees("bring", put())
    visit.sees("bring", put())
    titles = set(visit.said["titles"].values())
    assert len(titles) == 2 and all(title.startswith(OWN.title) for title in titles)
