"""A map in a report: pictures, numbers and words about it, in the language of the page."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from components.grades.badge import LABELS, known_verdict
from components.grades.known import grade_rows
from components.maps.figure import lines_said, map_pixels, photo_pixels
from components.maps.reading import figures_line
from components.pieces.ink_facts import ORDER_OPEN
from components.pieces.map_sheet.encode import part_texts
from components.pieces.map_view import cell_text, ticks
from components.report.items import ReportItem
from components.words import numbers
from components.words.i18n import _
from engine.errors import VitrineError
from engine.explanation import Explanation
from engine.methods import METHODS, get_method
from engine.params import ParamInfo, as_recorded, describe_params
from engine.report.document import Block, Figure, Illustration, Legend, Paragraph, Section, Table, Warnings
from engine.visualise.inks import bar_pixels
from engine.visualise.overlays import faded
from engine.visualise.scales import scale_for
from engine.visualise.strength import order_is_told, strength
from model_store.catalogue import ModelRef, entry_of

STRONGEST = 5
BAR_HW = 14, 800
"""Height and width of a colour bar in pixels."""


def section(number: int, item: ReportItem, remark: str) -> Section:
    """All that a report says about one map."""
    explanation = item.scene.explanation
    origin = explanation.provenance
    said = _("{method}. Model: {model}. Image: {picture}.")
    subtitle = said.format(
        method=method_title(explanation), model=model_title(origin.model), picture=_(origin.picture)
    )
    blocks: list[Block] = [Paragraph(remark, _("Remark"))] if remark.strip() else []
    blocks.append(_pictures(item))
    if explanation.warnings:
        blocks.append(Warnings(_("Warnings"), tuple(_(text) for text in explanation.warnings)))
    blocks += [
        Table(_("Figures"), _numbers(explanation)),
        Table(_("Strongest cells"), _strongest(explanation)),
    ]
    told = (*grade_rows(item.grades), *_randomised(explanation))
    blocks += [Table(_("How true is the map?"), told)] if told else []
    settings = parameters(explanation)
    blocks += [Table(_("Settings"), settings)] if settings else []
    return Section(f"{number}. {item.title}", subtitle, tuple(blocks))


def _randomised(explanation: Explanation) -> Iterator[tuple[str, str]]:
    """What random weights do to the maps of the method, where that is known of the model."""
    verdict = known_verdict(explanation)
    if verdict is not None:
        yield _("Randomisation test"), _(LABELS[verdict])


def method_title(explanation: Explanation) -> str:
    """The method's name."""
    return _(get_method(explanation.method).title)


def model_title(key: str) -> str:
    """The model's name, or its key where it is not in the catalogue any more."""
    try:
        return _(entry_of(ModelRef.parse(key)).title)
    except VitrineError:
        return key


def _pictures(item: ReportItem) -> Figure:
    scene, display = item.scene, item.display
    explanation = scene.explanation
    scale = scale_for(explanation)
    target, origin = _(explanation.target.label), explanation.provenance
    outlined = _("{picture}, with the target outlined") if scene.outlined else "{picture}"
    photo = Illustration(
        lambda: photo_pixels(scene), outlined.format(picture=_(origin.picture)), _(origin.picture)
    )
    shown = _("What {target} depends on, by {method}").format(target=target, method=method_title(explanation))
    said = " ".join((f"{shown}.", *lines_said(scene, display)))
    drawn = Illustration(lambda: map_pixels(scene, display), said, shown)
    low, middle, high = ticks(scale)
    return Figure(
        (photo, drawn),
        Legend(
            bar_pixels(scale, faded(display, explanation), BAR_HW),
            (low, middle, high),
            _(METHODS[explanation.method].measures),
        ),
    )


def _numbers(explanation: Explanation) -> tuple[tuple[str, str], ...]:
    values, cost = explanation.values, explanation.cost
    reach = float(np.abs(values).max())
    low, high = (numbers.raw(float(end), reach) for end in (values.min(), values.max()))
    rows = [
        (_("Score on the original image"), numbers.raw(explanation.score, explanation.score)),
        (
            _("Values of the map"),
            _("{low} to {high}, {rows} x {columns} cells").format(low=low, high=high, **_grid(explanation)),
        ),
        (_("Cost"), numbers.runs(cost.forwards)),
        *([(_("Gradients"), numbers.count(cost.backwards))] if cost.backwards else []),
        (_("Time"), numbers.duration(cost.seconds)),
    ]
    if explanation.lower is not None and explanation.upper is not None:
        half = float((explanation.upper - explanation.lower).mean()) / 2
        rows.append(
            (_("95 % band"), _("± {half}, averaged over the cells").format(half=numbers.raw(half, reach)))
        )
    rows += _sure_ones(explanation)
    if explanation.stability is not None:
        agreement = _(get_method(explanation.method).agreement)
        value = numbers.probability(explanation.stability)
        rows.append((_("Stability"), _("{name}: {text}").format(name=agreement, text=value)))
    figures = figures_line(explanation)
    return (*rows, (_("Figures"), figures)) if figures else tuple(rows)


def _sure_ones(explanation: Explanation) -> Iterator[tuple[str, str]]:
    """How many superpixels or cells are sure, and of what."""
    parts, cells = explanation.parts, explanation.sure
    if parts is not None and parts.sure is not None:
        text = _("{count} of {all}; at most one map in twenty includes one by chance")
        found, all_of_them = (numbers.count(int(number)) for number in (parts.sure.sum(), parts.sure.size))
        yield _("Significant superpixels"), text.format(count=found, all=all_of_them)
    if cells is not None:
        text = _("{count} of {all}; at most one map in twenty includes a false one")
        found, all_of_them = (numbers.count(int(number)) for number in (cells.sum(), cells.size))
        yield _("Cells significantly above the average cell"), text.format(count=found, all=all_of_them)


def _grid(explanation: Explanation) -> dict[str, str]:
    rows, columns = explanation.values.shape
    return {"rows": numbers.count(rows), "columns": numbers.count(columns)}


def _strongest(explanation: Explanation) -> tuple[tuple[str, str], ...]:
    """The strongest superpixels, or cells with their bands."""
    parts = explanation.parts
    if parts is not None:
        texts = part_texts(explanation)
        heaviest = np.argsort(-np.abs(parts.weights), kind="stable")[:STRONGEST]
        return tuple(
            (_("superpixel {number}").format(number=numbers.count(int(place) + 1)), texts[place])
            for place in heaviest
        )
    if not order_is_told(explanation):
        return ((_("none"), _(ORDER_OPEN)),)
    strong = strength(explanation).ravel()
    order = [int(place) for place in np.argsort(-strong, kind="stable")[:STRONGEST] if strong[place] > 0]
    reach, columns = float(np.abs(explanation.values).max()), explanation.values.shape[1]
    found = [cell_text(explanation, divmod(place, columns), reach) for place in order]
    named = tuple((cell["name"], cell["text"]) for cell in found)
    return named or ((_("none"), _("the map is zero everywhere")),)


def parameters(explanation: Explanation) -> tuple[tuple[str, str], ...]:
    """The parameters in words, but those that say nothing beside the others."""
    kind = get_method(explanation.method).params
    spoken = as_recorded(kind, explanation.params).spoken()
    return tuple(
        (_(info.title), _setting(info, spoken[info.name]))
        for info in describe_params(kind)
        if info.name in spoken
    )


def _setting(info: ParamInfo, value: Any) -> str:
    if info.choices is not None and value in info.choices:
        return _(info.choices[value])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = (
        value
        if isinstance(value, str)
        else numbers.count(value)
        if isinstance(value, int)
        else numbers.general(value, 4)
    )
    return f"{text} {_(info.unit)}".strip()
