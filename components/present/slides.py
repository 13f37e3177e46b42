"""Slides of a report for a screen: a title, one for each map, and how the maps were made."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from weakref import WeakKeyDictionary

from components.explain.sentence import summary_of
from components.maps.figure import lines_said
from components.pieces.map_sheet import SHEET_LOOK, Group, SheetLayout, Tile, sheet_facts
from components.pieces.present import MapSlide, Slide, WordSlide
from components.report.items import Notes, ReportItem
from components.report.sections import method_title, model_title
from components.session.keys import REPORT_AUTHOR, REPORT_REMARKS, REPORT_TITLE
from components.words import numbers
from components.words.i18n import _, language
from engine.methods import METHODS
from engine.phrase import later

LIMITS = 5
"""Sentences about limits on the last slide, at most."""

FIRST_LIMIT = later("A map says what the model's answer depends on, not whether the answer is right.")


def slides_of(found: Sequence[ReportItem], notes: Notes, made: datetime) -> list[Slide]:
    """The slides, in the language of the page.

    Args:
        found: what the report is about, in order.
        notes: what the person has typed.
        made: the date on the first slide.
    """
    return [
        _opening(found, notes, made),
        *(_map(item, item.remark(notes).strip()) for item in found),
        _closing(found),
    ]


def _opening(found: Sequence[ReportItem], notes: Notes, made: datetime) -> WordSlide:
    title, author, remarks = (
        notes.get(key, "").strip() for key in (REPORT_TITLE, REPORT_AUTHOR, REPORT_REMARKS)
    )
    byline = " · ".join(part for part in (author, numbers.day(made.date())) if part)
    models = dict.fromkeys(model_title(item.scene.explanation.provenance.model) for item in found)
    lines = (byline, " · ".join(models), remarks)
    return WordSlide(title or _("Report"), tuple(line for line in lines if line))


def _map(item: ReportItem, remark: str) -> MapSlide:
    scene, display = item.scene, item.display
    explanation = scene.explanation
    tile = Tile("", _("Value under the pointer"), explanation, outlines=scene.outlined)
    look = replace(SHEET_LOOK, **{name: getattr(display, name) for name in ("opacity", "smooth", "flat")})
    layout = SheetLayout("100%", picks=False, large=True, display=look)
    sure = explanation.sure if display.sure and explanation.parts is None else None
    said, *notes = _told(item)
    return MapSlide(
        item.title,
        said,
        remark,
        tuple(notes),
        sheet_facts(scene.picture, [Group("", (tile,))], layout, f"slide-{item.key}"),
        None if sure is None else sure.ravel().tolist(),
    )


_TOLD: WeakKeyDictionary[ReportItem, dict[str, tuple[str, ...]]] = WeakKeyDictionary()
"""What was said of each item, by language; it goes with the item."""


def _told(item: ReportItem) -> tuple[str, ...]:
    """The sentence about a map, and the notes that stand smaller; found once, as it takes 20 ms."""
    known, code = _TOLD.setdefault(item, {}), language()
    if code not in known:
        known[code] = (_sentence(item), *_notes(item))
    return known[code]


def _notes(item: ReportItem) -> tuple[str, ...]:
    """What a value is, what the lines mean, and what the map is of."""
    explanation = item.scene.explanation
    origin = explanation.provenance
    said = _("{method}. Model: {model}. Image: {picture}.").format(
        method=method_title(explanation), model=model_title(origin.model), picture=_(origin.picture)
    )
    return (_(METHODS[explanation.method].measures), *lines_said(item.scene, item.display), said)


def _sentence(item: ReportItem) -> str:
    """Where the answer comes from; where that cannot be told, what the map is of."""
    explanation = item.scene.explanation
    target = _(explanation.target.label)
    if explanation.parts is None and item.scene.outlined:
        told = summary_of(explanation, target, item.scene.outlined[0])
        if told:
            return told[0].upper() + told[1:]
    shown = _("What {target} depends on, by {method}")
    return shown.format(target=target, method=method_title(explanation)) + "."


def _closing(found: Sequence[ReportItem]) -> WordSlide:
    """What a value of each method is, and what no map says."""
    methods = [METHODS[key] for key in dict.fromkeys(item.scene.explanation.method for item in found)]
    values = tuple(
        _("{name}: {text}").format(name=_(method.title), text=_(method.measures)) for method in methods
    )
    limits = list(dict.fromkeys(text for method in methods for text in method.caveats))[: LIMITS - 1]
    return WordSlide(
        _("How these maps were computed, and their limits"),
        columns=(
            (_("How the maps are computed"), values),
            (_("Limits"), tuple(_(text) for text in (FIRST_LIMIT, *limits))),
        ),
    )
