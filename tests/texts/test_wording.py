"""Texts are short, and in the words of the field: the same thing has one name on all pages."""

import re

import pytest

from components.words.catalogues import source
from model_store.catalogue.lite import LITE_ENTRIES
from model_store.own.class_names import names_in_files
from texts.catalogue import read

WORDS = {"en": 20, "fr": 28}
"""Words of the longest sentence; French needs articles where English has none."""
AVOIDED = {
    "picture": "image",
    "border": "boundary",
    "(?:the|more|fewer|many) run": "model evaluations",
    "designs": "samples",
    "steady": "converged",
    "rather than": "in contrast with",
    "mend": "correct",
    "whoever": "anyone, the administrator",
}
_WORD = re.compile(r"[\w{][\w'’.,{}:-]*")
_END = re.compile(r"(?<=[.!?;:])\s+")


def texts(language):
    """All texts of a language, each form of a plural by itself."""
    for message in read(source("fr")):
        if message.id:
            forms = message.id if language == "en" else message.string
            yield from (forms,) if isinstance(forms, str) else forms


@pytest.mark.parametrize("language", WORDS)
def test_no_sentence_is_long(language):
    long = [
        part
        for text in texts(language)
        for part in _END.split(text)
        if len(_WORD.findall(part)) > WORDS[language]
    ]
    assert not long


@pytest.mark.parametrize("word", AVOIDED)
def test_one_thing_has_one_name(word):
    name = re.compile(rf"\b{word}s?\b", re.IGNORECASE)
    things = set(names_in_files(LITE_ENTRIES[0]))  # names of classes, such as Border terrier
    said = [text for text in texts("en") if text not in things]
    found = [text for text in said if name.search(re.sub(r"{[^}]*}", "", text))]
    assert not found, f"please say {AVOIDED[word]}"
