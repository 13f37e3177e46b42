"""The form of a method's parameters is made from their type."""

import pytest
from streamlit.testing.v1 import AppTest

from engine.params import describe_params
from engine.perturbation.methods.params import SobolParams


def page():
    import streamlit as st

    from components.ask.params_form import params_form
    from engine.perturbation.methods.params import SobolParams

    st.session_state.made = params_form(SobolParams)


@pytest.fixture
def form():
    return AppTest.from_function(page, default_timeout=60).run()


def apply(form):
    return form.button[0].click().run()


@pytest.mark.slow
def test_every_parameter_has_a_widget_with_its_default(form):
    for info in describe_params(SobolParams):
        assert form.get_by_key(info.name).value == info.default
        assert form.get_by_key(info.name).help
    assert form.session_state.made == SobolParams()


def test_values_count_when_applied(form):
    form.get_by_key("grid").set_value(9)
    form.get_by_key("fill").set_value("blur")
    form.get_by_key("designs").set_value(64)
    assert apply(form).session_state.made == SobolParams(grid=9, fill="blur", designs=64)


def test_values_that_do_not_fit_are_said_and_the_last_good_ones_stay(form):
    form.get_by_key("grid").set_value(5)
    apply(form)
    form.get_by_key("designs").set_value(8)
    form.get_by_key("replicates").set_value(16)
    apply(form)
    assert form.error[0].value == "16 replicates need at least as many samples; received 8."
    assert form.session_state.made == SobolParams(grid=5)


def test_link_fills_the_form():
    form = AppTest.from_function(page, default_timeout=60)
    form.query_params["grid"], form.query_params["seed"], form.query_params["designs"] = "99", "7", "64"
    assert form.run().session_state.made == SobolParams(seed=7, designs=64)
