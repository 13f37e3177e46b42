"""A map that another fill or score ranks otherwise is told of it, once the session has seen both."""

from dataclasses import replace

import numpy as np
from streamlit.testing.v1 import AppTest


def page(maps):
    import streamlit as st

    from components.grades.seen_maps import maps_seen_beside

    for explanation in maps:
        st.text(repr(dict(maps_seen_beside(explanation))))


def said(*maps):
    at = AppTest.from_function(page, args=(maps,), default_timeout=60).run()
    assert not at.exception
    return [eval(text.value) for text in at.text]


def with_setting(explanation, values, **params):
    return replace(explanation, values=values, params={"grid": 4, "space": "probability", **params})


def test_maps_that_differ_in_the_fill_alone_are_compared(explanation):
    turned = np.flip(explanation.values).copy()
    mean = with_setting(explanation, explanation.values, fill="mean")
    black = with_setting(explanation, turned, fill="black")
    logit = with_setting(explanation, explanation.values, fill="mean", space="logit")
    other = with_setting(explanation, turned, fill="black", space="logit", seed=1)
    first, second, third, last, again = said(mean, black, logit, other, mean)
    assert first == {} and last == {}
    assert second.keys() == {("fill", "mean")} and second["fill", "mean"] < 0.5
    assert third == {("space", "probability"): 1.0}
    assert again.keys() == {("fill", "black"), ("space", "logit")}


def test_maps_of_another_image_are_not_compared(explanation):
    other = replace(explanation, provenance=replace(explanation.provenance, picture_sha256="2" * 64))
    pair = [
        with_setting(one, one.values, fill=fill) for one, fill in ((explanation, "mean"), (other, "black"))
    ]
    assert said(*pair) == [{}, {}]
