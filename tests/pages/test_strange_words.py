"""Words of strangers on every page: nothing that Streamlit reads as Markdown has them as they are."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from model_store.catalogue import CATALOGUE
from tests.pages.strange_models import MARK, REFUSED, STRANGE, WORDS, strange
from tests.pages.visits import SMALL_PASS, Visit, picture_bytes

MARKDOWN = ("body", "label", "text", "help", "tooltip", "caption")
"""Fields of Streamlit's messages that may be drawn as Markdown."""
PLAIN = frozenset({"bidi_component", "html", "code", "plotly_chart", "arrow_data_frame", "text", "json"})
"""Elements that draw no Markdown: ours put texts where nothing is markup."""
MANY = ("button_group", "radio", "multiselect")
"""Widgets whose options are drawn as Markdown."""
_CODE = re.compile(r"`[^`]*`")


def texts(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """All texts of a page that are Markdown, with where they stand."""
    kind, proto = str(getattr(node, "type", "")), getattr(node, "proto", None)
    if kind not in PLAIN:
        yield from _fields(proto, f"{path}/{kind}")
    for child in getattr(node, "children", {}).values():
        yield from texts(child, f"{path}/{kind}")


def _fields(message: Any, path: str) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields() if hasattr(message, "ListFields") else ():
        if isinstance(value, str):
            if field.name in MARKDOWN:
                yield f"{path}.{field.name}", value
        elif hasattr(value, "ListFields"):
            yield from _fields(value, f"{path}.{field.name}")
        elif any(kind in path for kind in MANY) and field.name == "options":
            for option in value:
                yield f"{path}.options", getattr(option, "content", option)


def raw(page: Visit) -> list[str]:
    """Where a stranger's words stand as they are."""
    return [f"{path}: {text}" for path, text in texts(page.at._tree) if MARK in _CODE.sub("", text)]


def shown(page: Visit) -> bool:
    """Whether the words are there at all, escaped."""
    return any("www\u2060.evil" in text for _path, text in texts(page.at._tree))


def done(page: Visit) -> bool:
    return not any(job.state in ("waiting", "running") for job in held(page)) and bool(held(page))


def held(page: Visit) -> list[Any]:
    state = page.at.session_state
    return list(state["_orders"].values()) if "_orders" in state else []


@pytest.fixture(autouse=True)
def _strange_titles(monkeypatch, all_models_are_here):
    for key in STRANGE:
        monkeypatch.setitem(CATALOGUE, key, replace(CATALOGUE[key], title=strange(key), licence=WORDS))


SEGMENTER = {"model": "segformer-b1-cityscapes", "second": "segformer-b0-cityscapes"}
CLASSIFIER = {"model": "resnet50-imagenet", "second": "vgg16-imagenet"}
DRAWING = {"filters": "output", "only": "0,1", "filter-steps": "16", "filter-size": "64"}
PAGES = {
    "home, zones": ("home", SEGMENTER),
    "home, classes": ("home", CLASSIFIER),
    "zones": ("zones", SEGMENTER | SMALL_PASS | {"zone": "1"}),
    "shared border": ("zones", SEGMENTER | SMALL_PASS | {"zone": "1", "ask": "shared", "with": "2"}),
    "zones of a classifier": ("zones", CLASSIFIER),
    "compare zones": ("compare", SEGMENTER | {"zone": "1", "methods": "occlusion"}),
    "compare classes": ("compare", CLASSIFIER | {"methods": ["gradcam", "occlusion"]}),
    "compare an unknown class": ("compare", {"model": "vgg16-imagenet", "second": "resnet50-imagenet"}),
    "layers": ("layers", CLASSIFIER),
    "gallery": ("gallery", CLASSIFIER),
    "feature maps": ("features", SEGMENTER),
    "filters": ("filters", CLASSIFIER | DRAWING),
    "a model that is refused": ("home", {"model": REFUSED}),
}


@pytest.mark.parametrize("name", PAGES)
def test_they_are_letters_on_every_page(visit, name):
    page, link = PAGES[name]
    seen = visit(page, **link)
    seen.until(lambda seen: (done(seen) and shown(seen)) or seen.has("report-add") or seen.at.error)
    assert raw(seen) == [] and not seen.at.exception
    assert shown(seen), seen.texts


def test_names_of_files_are_letters_too(visit):
    page = visit("home", source="upload", model="segformer-b1-cityscapes")
    page.at.file_uploader[0].upload(f"{WORDS}.png", picture_bytes(), "image/png").run()
    page.until(lambda page: page.component("picker") and shown(page))
    assert raw(page) == []
    page.at.file_uploader[0].upload(f"{WORDS} 2.png", b"no picture", "image/png").run()
    assert page.at.error and raw(page) == []


def test_a_report_has_them_as_letters(visit):
    page = visit("zones", **SEGMENTER, **SMALL_PASS, zone="1").until(lambda page: page.mapped)
    page.widget("report-add").click().run()
    assert raw(page) == []
    page.at.switch_page("pages/share/report.py").run()
    assert raw(page) == [] and shown(page)


def test_a_batch_has_them_as_letters(visit):
    page = visit("batch", **CLASSIFIER, method="gradcam", top="1").until(lambda page: page.has("batch-start"))
    page.widget("batch-start").click().run()
    page.until(lambda page: len(page.at.get("download_button")) == 3)
    assert raw(page) == [] and shown(page)
