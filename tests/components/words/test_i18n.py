"""Texts and numbers in each language."""

import copy
import pickle
from datetime import datetime

import pytest

from components.words import numbers
from components.words.catalogues import source
from components.words.i18n import _, plural, sentence, speaking
from engine.errors import ParamsError
from engine.perturbation.methods.params import SobolParams
from engine.phrase import Phrase

NARROW, FIXED = "\u202f", "\u00a0"


def test_without_a_page_english_is_spoken():
    assert _("Boundary") == "Boundary" and _("") == ""


def test_a_phrase_is_its_text_and_stays_one_on_its_way():
    phrase = Phrase(
        "boundary of {zone}",
        zone=Phrase("{name} {number} of {count}", name=Phrase("vehicle"), number=3, count=4),
    )
    assert phrase == "boundary of vehicle 3 of 4" and repr(phrase) == repr(str(phrase))
    for copied in (pickle.loads(pickle.dumps(phrase)), copy.deepcopy(phrase)):
        assert copied == phrase and copied.values == phrase.values
        with speaking("fr"):
            assert _(copied) == "frontière de véhicule 3 sur 4"


def test_values_follow_the_language():
    warning = Phrase(
        "The linear model captures only part of the score's behaviour (R2 {r2:.2f}): the weights "
        "are a rough summary.",
        r2=0.25,
    )
    with speaking("fr"):
        assert "(R2 0,25)" in _(warning)
    assert "(R2 0.25)" in _(warning)


def test_an_error_is_said_in_french_with_its_words():
    with pytest.raises(ParamsError) as caught:
        SobolParams(grid=99)
    with speaking("fr"):
        assert sentence(caught.value) == f"Grille doit être entre 4 et 16{FIXED}; reçu{FIXED}: 99."
    assert sentence(caught.value) == str(caught.value) == "Grid must lie between 4 and 16; received 99."


def test_an_error_may_carry_a_whole_phrase():
    error = ParamsError(Phrase("boundary of {zone}", zone=Phrase("vehicle")))
    with speaking("fr"):
        assert sentence(error) == "frontière de véhicule"
    assert sentence(pickle.loads(pickle.dumps(error))) == str(error) == "boundary of vehicle"


def test_what_a_person_wrote_is_not_translated():
    with speaking("fr"):
        assert "vehicle" in sentence(
            ParamsError("There is no method {key!r}; there are {known}.", key="vehicle", known="lime")
        )


@pytest.mark.parametrize(("count", "text"), [(0, "0 inférence"), (1, "1 inférence"), (2, "2 inférences")])
def test_plurals(count, text):
    with speaking("fr"):
        assert (
            plural("{count} model evaluation", "{count} model evaluations", count).format(count=count) == text
        )


def test_numbers_in_french():
    with speaking("fr"):
        assert numbers.count(2112) == f"2{NARROW}112"
        assert numbers.share(0.041) == f"4,1{FIXED}%" and numbers.share(0.0004) == f"moins de 0,1{FIXED}%"
        assert numbers.raw(-0.002, 0.0134) == "-0,0020" and numbers.probability(0.934) == "0,93"
        assert numbers.cost(2112, 49) == f"2{NARROW}112 inférences, environ 50{FIXED}s"
        assert (
            numbers.duration(0.42) == f"0,4{FIXED}s" and numbers.megabytes(1340) == f"1{NARROW}340{FIXED}Mo"
        )
        assert numbers.milliseconds(0.00081) == f"0,81{FIXED}ms"
        assert numbers.moment(datetime(2026, 11, 21, 9, 5)) == "21/11/2026 09:05"
        assert numbers.separators() == f",{NARROW}"
    assert numbers.moment(datetime(2026, 11, 21, 9, 5)) == "2026-11-21 09:05"


def test_figures_can_write_what_french_says():
    from engine.visualise.annotations import font

    letters = {letter for letter in source("fr").read_text("utf-8") if letter.isprintable()}
    letters |= {NARROW, FIXED, "≤", "≥", "±"}
    nothing = bytes(font(20).getmask("\uffff"))
    assert [
        letter for letter in sorted(letters) if letter.strip() and bytes(font(20).getmask(letter)) == nothing
    ] == []
