"""Methods side by side: rows are models, columns are methods, and the maps grow while one looks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from components.ask.columns import Column, show_previews
from components.ask.rows import Row
from components.explain.agreement_view import show_agreement
from components.explain.answers import Answer, answer, orders_of_page
from components.explain.map_details import show_details
from components.explain.method_grades import judge_of_row, show_grades_of
from components.grades.judge import MapJudge
from components.grades.on_demand import kept_grading
from components.jobs.job_view import POLL_SECONDS
from components.jobs.orders import cost_text, go_on, keep_maps_only, start, stop
from components.maps.reading import figures_line
from components.pieces import picked
from components.pieces.map_sheet import Group, SheetLayout, Tile, map_sheet
from components.pieces.map_view import MapScene
from components.session.guard import guard
from components.session.keys import EMPTY, SAME_SCALE, SHEET
from components.words.i18n import _
from components.words.plain import as_text
from compute.work.maps import MapOrder
from engine.explanation import Explanation
from engine.visualise.render import Scale
from engine.visualise.scales import common_scale

TilePlace = tuple[int, int]
"""Numbers of a row and of a column."""

AnswerTable = dict[TilePlace, Answer]
Tiles = dict[TilePlace, Tile]


@dataclass(frozen=True)
class Arrangement:
    """How maps are laid out.

    Attributes:
        group: makes the rows of a sheet.
        layout: of the sheet.
        only_asked: leave out methods that nobody asked for.
        same: one colour scale for all rows of a method.
        agreement: how far the maps agree, each with each.
        poll_seconds: how often maps under way are looked at anew; many cost the processor more.
    """

    group: Callable[[Tiles, Sequence[Row], Sequence[Column]], list[Group]]
    layout: SheetLayout = field(default_factory=SheetLayout)
    only_asked: bool = False
    same: bool = False
    agreement: bool = True
    poll_seconds: float = POLL_SECONDS


def by_row(tiles: Tiles, rows: Sequence[Row], columns: Sequence[Column]) -> list[Group]:
    """One row of maps for each row: what is asked of a model."""
    return [
        Group(row.title, tuple(tiles[down, across] for across in range(len(columns))))
        for down, row in enumerate(rows)
    ]


BY_MODEL = Arrangement(by_row)


def show_comparison(
    rows: Sequence[Row], columns: Sequence[Column], arrangement: Arrangement = BY_MODEL
) -> None:
    """Order what is missing, show all maps, and then what takes time to draw but nobody waits for."""
    asked = [column for column in columns if column.asked or not arrangement.only_asked]
    keep_maps_only([*orders_of_page(rows, asked), *kept_grading()])
    _compare(rows, asked, arrangement)
    show_previews(columns, rows[0].contender)


def _compare(rows: Sequence[Row], columns: Sequence[Column], arrangement: Arrangement) -> None:
    """The maps, in a part of the page that runs again while they are computed."""
    if all(row.wanted is None for row in rows):
        st.container(key=EMPTY).info(as_text(rows[0].reason))
        return
    if not columns:
        st.info(_("Select at least one method."))
        return
    same = len(rows) > 1 and st.toggle(_("Common colour scale"), key=SAME_SCALE, bind="query-params")
    active = not _finished(_all_answers(rows, columns))

    @st.fragment(run_every=arrangement.poll_seconds if active else None)
    def poll() -> None:
        answers = _all_answers(rows, columns)
        if active and _finished(answers):
            st.rerun()
        with guard():
            _show(rows, columns, answers, replace(arrangement, same=same))

    poll()


def _all_answers(rows: Sequence[Row], columns: Sequence[Column]) -> AnswerTable:
    return {
        (down, across): answer(row, column)
        for down, row in enumerate(rows)
        for across, column in enumerate(columns)
    }


def _finished(answers: AnswerTable) -> bool:
    return all(found.finished for found in answers.values())


def _show(
    rows: Sequence[Row], columns: Sequence[Column], answers: AnswerTable, arrangement: Arrangement
) -> None:
    maps = {place: found.explanation for place, found in answers.items() if found.explanation is not None}
    chosen = _chosen(maps)
    picture, over = rows[0].contender.choice.seen, _finished(answers)
    judges = [judge_of_row(row, columns) if over else None for row in rows]  # maps that grow are not judged
    tiles = {
        place: _tile(place, rows, columns, answers, _Look(arrangement.same, judges[place[0]]))
        for place in answers
    }
    layout = replace(arrangement.layout, chosen=_key(chosen) if chosen else "")
    map_sheet(picture, arrangement.group(tiles, rows, columns), layout, SHEET)
    _show_buttons(columns, answers)
    if chosen is not None:
        down, across = chosen
        scene = MapScene(maps[chosen], picture, rows[down].outlines)
        show_details(scene, f"{_(columns[across].method.title)}, {rows[down].title}", SHEET, judges[down])
    if over and chosen is not None:
        titles = {
            _(columns[place[1]].method.title): found for place, found in maps.items() if place[0] == down
        }
        show_grades_of(rows[down], titles)
    if arrangement.agreement and over:  # maps that still change would be compared anew at each look
        show_agreement({_name(place, rows, columns): found for place, found in maps.items()})


@dataclass(frozen=True)
class _Look:
    """How a tile is drawn: on one scale with others, and with who judges it."""

    same: bool
    judge: MapJudge | None


def _tile(
    place: TilePlace, rows: Sequence[Row], columns: Sequence[Column], answers: AnswerTable, look: _Look
) -> Tile:
    found, row, column = answers[place], rows[place[0]], columns[place[1]]
    explanation = found.explanation
    scale = (
        _shared_scale([other.explanation for (_row, across), other in answers.items() if across == place[1]])
        if look.same
        else None
    )
    note = "" if explanation is None else _note(explanation, look.judge)
    return Tile(
        _key(place), _(column.method.title), explanation, found.said, found.done, note, scale, row.outlines
    )


def _note(explanation: Explanation, judge: MapJudge | None) -> str:
    said = (figures_line(explanation), judge.note(explanation) if judge is not None else "")
    return " · ".join(text for text in said if text)


def _shared_scale(maps: Sequence[Explanation | None]) -> Scale | None:
    """One scale for the maps of a method."""
    known = [explanation for explanation in maps if explanation is not None]
    return common_scale(known) if known else None


def _show_buttons(columns: Sequence[Column], answers: AnswerTable) -> None:
    """What a person can start, stop and take up again."""
    to_start = {
        found.to_start.identity: (columns[across].method, found.to_start)
        for (_row, across), found in answers.items()
        if found.to_start
    }
    stopped = {found.stopped.identity: found.stopped for found in answers.values() if found.stopped}
    running = [found.running for found in answers.values() if found.running]
    with st.container(horizontal=True):
        for number, (method, order) in enumerate(to_start.values()):
            label = _("Start {method} with {model}: {cost}").format(
                method=_(method.title),
                model=as_text(_(order.prediction.facts.title)),
                cost=cost_text(order.price),
            )
            st.button(label, type="primary", on_click=start, args=(order,), key=f"start-{number}")
        if running:
            st.button(_("Stop"), on_click=_each, args=(stop, running), key="stop")
        if stopped:
            st.button(_("Resume"), on_click=_each, args=(go_on, stopped.values()), key="again")


def _each(act: Callable[[MapOrder[Any]], None], orders: Iterable[MapOrder[Any]]) -> None:
    for order in orders:
        act(order)


def _chosen(maps: dict[TilePlace, Explanation]) -> TilePlace | None:
    """The map whose title was clicked last, or the first one."""
    wanted = picked(SHEET)
    return next((place for place in maps if _key(place) == wanted), next(iter(maps), None))


def _key(place: TilePlace) -> str:
    return f"{place[0]}-{place[1]}"


def _name(place: TilePlace, rows: Sequence[Row], columns: Sequence[Column]) -> str:
    method = _(columns[place[1]].method.title)
    return method if len(rows) == 1 else f"{method}, {rows[place[0]].title}"
