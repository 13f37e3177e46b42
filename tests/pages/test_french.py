"""Every page in French, with the toy models: nothing on it is a text of the code."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from components.words.catalogues import source
from components.words.i18n import speaking
from tests.pages.visits import PAGES, SMALL_PASS, Visit
from texts.catalogue import read

SHORT = 12
"""A text of fewer letters has to be all that is shown to be taken for one of ours."""

QUIET = {
    "id",
    "key",
    "form_id",
    "url",
    "css",
    "js",
    "query_param_key",
    "data",
    "spec",
    "element_id",
    "script_hash",
    "page_script_hash",
}
"""Fields of what is sent to the browser that nobody reads."""


HOLE = re.compile(r"\{.*?\}")


def english() -> tuple[set[str], list[tuple[str, re.Pattern[str]]]]:
    """Texts as they stand in the code, where French says them otherwise: fixed ones, and all but short ones
    as patterns.

    With each pattern goes the longest part of the text without holes: where that is not, the pattern need not
    be tried.
    """
    known = [(text.id, text.string) for text in read(source("fr")) if text.id]
    pairs = [(text, said) if isinstance(text, str) else (text[0], said[0]) for text, said in known]
    texts = [text for text, said in pairs if text != said]
    fixed = {text for text in texts if "{" not in text}
    long = [HOLE.split(text) for text in texts if len(re.sub(r"\W", "", HOLE.sub("", text))) >= SHORT]
    return fixed, [
        (max(parts, key=len), re.compile("[^.:;]{1,60}?".join(map(re.escape, parts)))) for parts in long
    ]


FIXED, PATTERNS = english()


def strings(message: Any) -> Iterator[str]:
    """All texts of what is sent to the browser."""
    for field, value in message.ListFields():
        if field.name in QUIET:
            continue
        for item in value if field.is_repeated else [value]:
            if field.type == field.TYPE_MESSAGE and not field.message_type.GetOptions().map_entry:
                yield from strings(item)
            elif field.name == "json":
                yield from inside(json.loads(item or "null"))
            elif field.type == field.TYPE_STRING:
                yield str(item)


def inside(value: Any) -> Iterator[str]:
    """All texts in the data of a component."""
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from inside(item)


def leaks(page: Visit) -> list[str]:
    """What is shown in English."""
    shown = {
        text.strip()
        for element in page.at._tree
        if getattr(element, "proto", None)
        for text in strings(element.proto)
        if not text.startswith("data:")
    }
    return sorted(
        text
        for text in shown
        if text in FIXED or any(part in text and pattern.search(text) for part, pattern in PATTERNS)
    )


@pytest.fixture(autouse=True)
def french_reader():
    """AppTest asks for the names of options outside of the session that shows them."""
    with speaking("fr"):
        yield


LONG = 600
"""Letters of a page that has an answer to show."""

AT_ONCE = {"report", "own-model"}
"""Pages that wait for no model."""

SEEN = {
    "zones": {"zone": "1", "ask": "border", **SMALL_PASS},
    "compare": {"methods": "sobol"},
    "gallery": {"zone": "1"},
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_speaks_french(visit, name):
    page = visit(name, lang="fr", **SEEN.get(name, {}))
    if name not in AT_ONCE:
        page.until(
            lambda page: page.asks or page.component("sheet") or page.drawings or len(page.texts) > LONG
        )
    assert not page.at.exception
    assert page.widget("lang").value == "fr"
    assert leaks(page) == []


def test_english_would_be_found(visit):
    assert len(leaks(visit("home", lang="en"))) > 20
