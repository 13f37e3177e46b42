"""The French catalogue says all that there is to say, and nothing else."""

import re

import pytest

from components.words.catalogues import source, translations
from texts.catalogue import collect, missing, read, unused

PATH = source("fr")
PLACE = re.compile(r"\{[^{}]*\}")


@pytest.fixture(scope="module")
def known():
    """Texts as they are in French by the English ones; plurals by the two English forms."""
    return {text.id: text.string for text in read(PATH) if text.id}


def test_no_text_is_missing():
    assert missing(PATH) == [], "run make texts, and translate what it lists"


def test_no_text_is_unused():
    assert unused(PATH) == [], "run make texts"


def test_texts_of_all_kinds_are_collected():
    found = collect()
    for text in (
        "What does this zone depend on?",  # a page
        ("{count} model evaluation", "{count} model evaluations"),  # a number
        "raw maximum {value}",  # a table of a component
        "Sobol total indices",  # a method
        # a warning
        "The score did not change whatever was hidden: all values are zero. Try the logit "
        "score or another fill.",
        "{method} reads a layer, and {model} has none that can be inspected.",  # a reason
        "{title} must lie between {low} and {high}; received {value}.",  # an error
        "More samples, more reliable map, more model evaluations: each sample costs one per cell and two "
        "more.",  # a parameter
        "vehicle",  # a class
        "Cup of coffee",  # a sample
        "{name} {number} of {count}",  # a target
    ):
        assert text in found
    assert "{reason}" not in found


def single(known):
    return {text: said for text, said in known.items() if isinstance(text, str)}


def test_places_are_the_same(known):
    wrong = [
        text
        for text, said in single(known).items()
        if sorted(PLACE.findall(text)) != sorted(PLACE.findall(said))
    ]
    assert wrong == []


def test_plurals_have_two_forms_with_places_of_the_english(known):
    plurals = {text: forms for text, forms in known.items() if isinstance(text, tuple)}
    assert plurals
    for english, forms in plurals.items():
        allowed = {place for form in english for place in PLACE.findall(form)}
        assert len(forms) == 2 and all(set(PLACE.findall(form)) <= allowed for form in forms), english
    forms = [
        translations("fr").ngettext("{count} model evaluation", "{count} model evaluations", count)
        for count in (0, 1, 2, 100)
    ]
    assert forms == ["{count} inférence"] * 2 + ["{count} inférences"] * 2


def test_signs_keep_to_their_words(known):
    """French sets a space that does not break before : ; ? ! % and inside « »."""
    said = [form for forms in known.values() for form in ([forms] if isinstance(forms, str) else forms)]
    broken = [text for text in said if re.search(r" [:;?!%»]|« |\w[;?!](\s|$)", text)]
    assert broken == []


def test_markup_is_the_same(known):
    for text, said in single(known).items():
        assert text.count("**") == said.count("**") and text.count("](") == said.count("]("), text
