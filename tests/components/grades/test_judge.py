"""Who judges a map: what is paid tells its fidelity and alarms, what came with Vitrine its badge."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from engine.perturbation.methods.params import SobolParams
from engine.trust.fidelity import Fidelity

WORSE = Fidelity(0.05, -0.1, 0.2, 0.4, 0.2, 528, held_out=True)
PAID = SimpleNamespace(
    order=SimpleNamespace(spec=SimpleNamespace(method="sobol", params=SobolParams())),
    progress=lambda: SimpleNamespace(done_runs=528),
)
"""A finished pass, as far as it is told who has judged."""


def page(judge, explanation):
    import streamlit as st

    from components.grades.known import known_grades

    explanation = judge.alarmed(explanation)
    judge.show(explanation, "-here")
    for text in (judge.note(explanation), *explanation.warnings, *known_grades(explanation)):
        st.text(text)


@pytest.fixture
def ask(explanation, monkeypatch):
    """Texts and labels of a page with one map that a judge speaks of."""
    from components.grades import judge
    from model_store.catalogue import ModelRef

    def show(runs, model, method):
        monkeypatch.setattr(judge, "fidelity_of", lambda *_asked: WORSE)
        asked = judge.MapJudge(ModelRef(model), 0, runs), replace(explanation, method=method)
        at = AppTest.from_function(page, args=asked, default_timeout=60).run()
        assert not at.exception
        return [text.value for text in at.text], [found.proto.popover.label for found in at.get("popover")]

    return show


def test_a_paid_pass_gives_chip_note_alarm_and_a_figure_for_the_report(ask):
    texts, labels = ask(PAID, "nobody", "gradcam")
    assert "fidelity 0.05" in texts and "fidelity" in texts
    assert any("random maps in ten" in text for text in texts), "not above random is an alarm"
    assert labels == ["Fidelity 0.05, beats 40 % of random maps"]


def test_without_one_there_is_the_badge_alone(ask):
    texts, labels = ask(None, "dogs-vgg", "guided_backprop")
    assert texts == [""] and labels == ["⚠ Hardly depends on the weights"]


def test_of_an_unknown_model_nothing_is_said(ask):
    assert ask(None, "nobody", "gradcam") == ([""], [])


def noted(explanation, passed):
    import streamlit as st

    from components.grades.known import known_grades, note_grades
    from engine.trust.metric import Grade

    for judge, value in passed:
        note_grades(explanation, {"fidelity": Grade("fidelity", value)}, judge)
    grade = known_grades(explanation)["fidelity"]
    st.text(f"{grade.value} {grade.judge is not None}")


@pytest.mark.parametrize("passed", [[(PAID, 0.5), (None, 0.1)], [(None, 0.1), (PAID, 0.5)]])
def test_what_a_pass_has_told_stays(explanation, passed):
    at = AppTest.from_function(noted, args=(explanation, passed)).run()
    assert not at.exception and at.text[0].value == "0.5 True"
