"""The French catalogue says all that there is to say, and nothing else."""

from __future__ import annotations

import re

import pytest

from components.words.i18n import LOCALE
from components.words.po import read_po
from texts.catalogue import collect, missing, unused

PATH = LOCALE / "fr" / "LC_MESSAGES" / "vitrine.po"
PLACE = re.compile(r"\{[^{}]*\}")
LONGER_THAN_ENGLISH = 2.2


@pytest.fixture(scope="module")
def known():
    return read_po(PATH)


def test_no_text_is_missing():
    assert missing(PATH) == [], "run make texts, and translate what it lists"


def test_no_text_is_unused():
    assert unused(PATH) == [], "run make texts"


def test_texts_of_all_kinds_are_collected():
    found = collect()
    for text in (
        "What does this zone depend on?",  # a page
        ("{count} run", "{count} runs"),  # a number
        "raw maximum {value}",  # a table of a component
        "Sobol total indices",  # a method
        # a warning
        "The score did not change whatever was hidden, so all values are zero. Try the logit "
        "score or another fill.",
        "{method} looks into a layer, and {model} has none that can be looked at.",  # a reason
        "{title} must lie between {low} and {high}; received {value}.",  # an error
        "More designs, steadier map, more runs: each costs one run per cell and two more.",  # a parameter
        "vehicle",  # a class
        "Cup of coffee",  # a sample
        "{name}, zone {number}",  # a target
    ):
        assert text in found
    assert "{reason}" not in found


def test_places_are_the_same(known):
    wrong = [
        text
        for text, said in known.texts.items()
        if sorted(PLACE.findall(text)) != sorted(PLACE.findall(said))
    ]
    assert wrong == []


def test_plurals_have_two_forms_with_places_of_the_english(known):
    pairs = {text[0]: text for text in collect() if isinstance(text, tuple)}
    for one, forms in known.plurals.items():
        allowed = {place for english in pairs[one] for place in PLACE.findall(english)}
        assert len(forms) == 2 and all(set(PLACE.findall(form)) <= allowed for form in forms), one
    assert [known.form(count) for count in (0, 1, 2, 100)] == [0, 0, 1, 1]


def test_signs_keep_to_their_words(known):
    """French sets a space that does not break before : ; ? ! % and inside « »."""
    said = [*known.texts.values(), *(form for forms in known.plurals.values() for form in forms)]
    broken = [text for text in said if re.search(r" [:;?!%»]|« |\w[;?!](\s|$)", text)]
    assert broken == []


def test_markup_is_the_same(known):
    for text, said in known.texts.items():
        assert text.count("**") == said.count("**") and text.count("](") == said.count("]("), text
