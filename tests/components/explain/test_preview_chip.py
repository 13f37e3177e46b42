"""A map that is not final says so in a chip; a final one warns below."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from components.explain.preview_chip import is_draft
from components.words.plain import as_text
from engine.perturbation.methods import sobol
from engine.perturbation.stopping import DESIGNS, DRAFT_DESIGNS

DRAFT, UNSURE = as_text(sobol.DRAFT), as_text(sobol.UNSURE)


def page(explanation, share):
    from components.explain.preview_chip import show_chip, show_warnings

    show_chip(explanation, share)
    show_warnings(explanation)


@pytest.fixture
def draft(explanation):
    return replace(explanation, figures={DRAFT_DESIGNS: 4.0}, warnings=(sobol.DRAFT, sobol.UNSURE))


def drawn(explanation, share):
    """Label and texts of the chip, if there is one, and the warnings."""
    at = AppTest.from_function(page, args=(explanation, share), default_timeout=60).run()
    assert not at.exception
    chips = at.get("popover")
    said = [(chip.proto.popover.label, [text.value for text in chip.markdown]) for chip in chips]
    return (said[0] if said else None), [warning.value for warning in at.warning]


def test_a_draft_says_how_far_it_is_and_its_warnings_in_the_chip(draft):
    chip, warnings = drawn(draft, 0.068)
    assert chip == (
        "Preview, 7 %",
        ["Based on 7 % of the model evaluations: the map is still converging.", DRAFT, UNSURE],
    )
    assert warnings == []


def test_a_draft_that_stays_one_is_a_preview_without_a_share(draft):
    assert drawn(draft, 1.0) == (("Preview", [DRAFT, UNSURE]), [])


def test_a_final_map_has_its_warnings_below_and_no_chip(explanation):
    final = replace(explanation, figures={DESIGNS: 32.0}, warnings=(sobol.UNSURE,))
    assert drawn(final, 1.0) == (None, [UNSURE]) and not is_draft(final)
