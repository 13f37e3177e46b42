"""Texts that stand in tables: methods, parameters, models, classes, samples."""

from collections.abc import Iterator
from typing import get_args

from engine.alarms.table import ALARMS
from engine.examples.params import CounterfactualParams
from engine.filters import FilterParams
from engine.methods import METHODS
from engine.model import Task
from engine.params import Params, describe_params
from engine.phrase import Phrase
from engine.projection.table import PROJECTIONS
from engine.stability.changes import CHANGES, IN_BALL
from engine.trust.metrics import METRICS
from model_store.base.entries import Entry
from model_store.base.label_maps import CATEGORY_NAMES
from model_store.base.palettes import CITYSCAPES
from model_store.catalogue import CATALOGUE
from model_store.catalogue.dogs import DOG_ENTRIES
from model_store.catalogue.lite import LITE_ENTRIES
from model_store.own.class_names import names_in_files
from samples.library import SAMPLES

STEPS = ("Stage", "Self-attention", "All-MLP decoder")
"""Kinds of layers that have a name in words; the others are called what the framework calls them."""


def tabled() -> Iterator[tuple[str, str]]:
    """All texts of tables, each with the file of the table."""
    for path, texts in (
        ("engine/methods.py", _methods()),
        ("engine/params.py", _params()),
        ("engine/projection/table.py", _projections()),
        ("engine/trust/metrics.py", _metrics()),
        ("engine/alarms/table.py", _alarms()),
        ("engine/stability/changes.py", _changes()),
        ("model_store/catalogue/__init__.py", _models()),
        ("model_store/base/label_maps.py", iter((*CATEGORY_NAMES, *(name for name, _ in CITYSCAPES)))),
        ("model_store/catalogue/dogs.py", (name for entry in DOG_ENTRIES for name in names_in_files(entry))),
        ("model_store/catalogue/lite.py", iter(names_in_files(LITE_ENTRIES[0]))),
        ("samples/library.py", (text for sample in SAMPLES for text in (sample.title, sample.credit))),
        ("engine/model.py", iter((*get_args(Task), " and ".join(get_args(Task)), *STEPS))),
    ):
        yield from ((text, path) for text in texts if any(map(str.isalpha, text)))


def _methods() -> Iterator[str]:
    for method in METHODS.values():
        yield from (method.title, method.measures, *method.how_to_read, *method.caveats, method.agreement)


def _projections() -> Iterator[str]:
    for row in PROJECTIONS.values():
        yield from (row.title, *row.how_to_read, *row.caveats)


def _metrics() -> Iterator[str]:
    for metric in METRICS.values():
        yield from (metric.title, metric.measures, *metric.caveats)


def _changes() -> Iterator[str]:
    for change in (*CHANGES.values(), IN_BALL):
        yield from (change.title, change.what)


def _alarms() -> Iterator[str]:
    for alarm in ALARMS:
        yield from (alarm.title, alarm.sentence, alarm.remedy)


def _params() -> Iterator[str]:
    kinds = dict.fromkeys(
        [
            *(method.params for method in METHODS.values()),
            *(row.params for row in PROJECTIONS.values()),
            FilterParams,
            CounterfactualParams,
        ]
    )
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
