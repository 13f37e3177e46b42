"""Errors for people are one sentence; bugs are generic words and a trace in the log."""

import pytest
from streamlit.testing.v1 import AppTest

from components.session.guard import attempt
from components.words.i18n import _, sentence
from engine.errors import ModelError, ParamsError


def page():
    import streamlit as st

    from components.session.guard import guard
    from engine.errors import ModelError

    with guard():
        raise ModelError("The file {file} is missing.", file="a.h5")
    with guard():
        raise KeyError("private")
    with guard():
        st.stop()
    st.markdown("never")


def test_each_part_fails_alone(caplog):
    at = AppTest.from_function(page, default_timeout=60).run()
    assert at.error[0].value == "The file a.h5 is missing."
    assert "Something went wrong on our side" in at.error[1].value and "private" not in at.error[1].value
    assert "KeyError: 'private'" in caplog.text
    assert not at.markdown and not at.exception


def test_attempt_gives_the_value_or_the_error():
    assert attempt(int, "7") == 7

    def fail():
        raise ParamsError("no")

    assert isinstance(attempt(fail), ParamsError)
    with pytest.raises(ValueError):
        attempt(int, "x")


def test_sentences_are_translated_before_they_are_filled():
    assert sentence(ModelError("{a} and {b}", a=1, b="{c}")) == "1 and {c}"
    assert sentence(ModelError("100 % {sure}")) == "100 % {sure}"
    assert _("") == ""


def link_page():
    import streamlit as st

    from components.session.links import accept_short

    accept_short("fruit", {"a": "apple", "b": "banana"}, str.upper)
    st.session_state.taken = st.selectbox(
        "Fruit", ["apple", "banana"], index=None, format_func=str.upper, key="fruit", bind="query-params"
    )


@pytest.mark.parametrize(
    ("given", "taken"), [("b", "banana"), ("BANANA", "banana"), ("banana", None), ("z", None)]
)
def test_short_names_in_links(given, taken):
    at = AppTest.from_function(link_page, default_timeout=60)
    at.query_params["fruit"] = given
    assert at.run().session_state.taken == taken
