"""Texts that stand in tables: methods, parameters, models, classes, samples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from engine.filters import FilterParams
from engine.methods import METHODS
from engine.model import Task
from engine.params import Params, describe_params
from engine.phrase import Phrase
from model_store.base.entries import Entry
from model_store.base.label_maps import CATEGORY_NAMES
from model_store.base.palettes import CITYSCAPES
from model_store.catalogue import CATALOGUE
from model_store.catalogue.dogs import DOG_ENTRIES
from model_store.own.class_names import names_in_files
from samples.library import SAMPLES
from texts.source import Text, has_words

STEPS = ("Stage", "Self-attention", "All-MLP decoder")
"""Kinds of layers that have a name in words; the others are called what the framework calls them."""


def tabled() -> dict[Text, str]:
    """All texts of tables, with the table in which each stands."""
    found: dict[Text, str] = {}
    for table, texts in (
        ("methods", _methods()),
        ("parameters", _params()),
        ("models", _models()),
        ("classes", iter((*CATEGORY_NAMES, *(name for name, _colour in CITYSCAPES), *_breeds()))),
        ("samples", (text for sample in SAMPLES for text in (sample.title, sample.credit))),
        ("words", iter((*get_args(Task), " and ".join(get_args(Task)), *STEPS))),
    ):
        for text in texts:
            if text and has_words(text):
                found.setdefault(text, f"table of {table}")
    return found


def _methods() -> Iterator[str]:
    for method in METHODS.values():
        yield from (method.title, method.measures, *method.how_to_read, *method.caveats)


def _params() -> Iterator[str]:
    kinds = dict.fromkeys([*(method.params for method in METHODS.values()), FilterParams])
    for kind in kinds:
        yield from _of_params(kind)


def _of_params(kind: type[Params]) -> Iterator[str]:
    for info in describe_params(kind):
        yield from (info.title, info.help, info.unit, *(info.choices or {}).values())


def _models() -> Iterator[str]:
    for entry in (*CATALOGUE.values(), *DOG_ENTRIES):
        if entry.shipped:
            yield entry.title
        yield from (part for text in _said(entry) for part in parts_of(text))


def _breeds() -> Iterator[str]:
    """Classes of the shipped classifiers; their files come with the project."""
    for entry in DOG_ENTRIES:
        yield from names_in_files(entry)


def _said(entry: Entry) -> tuple[str, ...]:
    return entry.description, entry.licence


def parts_of(text: str) -> Iterator[str]:
    """A text, or the template of a phrase and those of the phrases in it."""
    if not isinstance(text, Phrase):
        yield text
        return
    yield text.text
    for value in text.values.values():
        if isinstance(value, Phrase):
            yield from parts_of(value)
