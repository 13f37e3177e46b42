"""Old links: addresses as a browser wrote them for an earlier state still open with every choice that they
name.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from components.words.i18n import LANGUAGES, speaking
from tests.pages.visits import PAGES, Visit

pytestmark = pytest.mark.usefixtures("all_models_are_here")
LINKS = json.loads((Path(__file__).parents[1] / "data" / "links.json").read_text("utf-8"))
NOTHING_TO_LINK = {"own-model", "report"}
"""Pages of what the session holds: none of their widgets is part of a link."""
DATA_PAGES = {
    "data-set",
    "errors",
    "quality",
    "embedding",
    "strategies",
    "segmentation",
    "concepts",
    "transfer",
    "tcav",
    "experiments",
}
"""Their links are opened in tests/pages/data, with data sets that the toys know."""


@pytest.mark.parametrize("kept", LINKS, ids=lambda kept: kept["page"])
def test_every_choice_is_as_the_link_says(kept: dict[str, Any]):
    link = {name: given if len(given) > 1 else given[0] for name, given in parse_qs(kept["query"]).items()}
    with speaking(link.get("lang", "en")):  # options are read off the page in the language that it speaks
        page = Visit(kept["page"], **link).until(lambda visit: all(map(visit.has, link)))
        assert {name: page.widget(name).value for name in link} == kept["holds"]
    assert not page.at.exception and not page.at.error


def test_each_page_that_can_be_linked_has_an_old_link():
    assert {kept["page"] for kept in LINKS} == set(PAGES) - NOTHING_TO_LINK - DATA_PAGES
    assert {code for code in LANGUAGES if code != "en"} == {
        kept["holds"]["lang"] for kept in LINKS if "lang" in kept["holds"]
    }
