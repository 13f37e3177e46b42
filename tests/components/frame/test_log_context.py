"""Context of log records of a visit."""

import logging

from streamlit.testing.v1 import AppTest

from components.frame import log_context


def page():
    import streamlit as st

    from components.frame.log_context import note
    from components.session.guard import guard

    note("zones", "toy")

    @st.fragment
    def part():
        with guard():
            raise KeyError("bug")

    part()


def test_records_of_a_visit_have_its_tag_page_and_model(caplog):
    facts = []
    caplog.handler.addFilter(
        lambda record: facts.append((record.getMessage(), log_context.visit_facts())) or True
    )
    with caplog.at_level(logging.INFO, "vitrine"):
        at = AppTest.from_function(page, default_timeout=60).run()
        at.run()
    opened = [known for text, known in facts if text == "a page is opened"]
    failed = [known for text, known in facts if text == "a part of the page failed"]
    assert len(opened) == 1 and len(failed) == 2 and failed[0] == failed[1] == opened[0]
    assert {**failed[0], "session": None} == {"session": None, "page": "zones", "model": "toy"}
    assert len(failed[0]["session"]) == log_context.TAG_LETTERS and log_context.visit_facts() == {}
