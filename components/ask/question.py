"""Choice of the zone or border that is asked about: a picture to click, and lists that say the same."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from components.pieces.zone_picker import Ask, PickerScene, Selection, zone_about, zone_name, zone_picker
from components.session.choice import Choice
from components.session.choosing import choose_one, choose_or_not
from components.session.guard import attempt
from components.session.keys import ASK, OTHER, PICKER, SHOWN, ZONE, recall, remember
from components.session.links import start_with
from components.words.i18n import LANGUAGES, _, sentence, speaking
from components.words.plain import as_text
from compute.work.predict import Prediction
from engine.errors import VitrineError
from engine.zones import Zones

ASKS: tuple[Ask, ...] = ("zone", "border", "shared")


@dataclass(frozen=True)
class ZoneQuestion:
    """What is asked about a picture.

    Attributes:
        ask: the zone itself, its border, or the border that it shares with another.
        zone: index of the zone, or None while none is chosen.
        other: index of the second zone of a shared border.
        target: index of the target in ``prediction.targets``; None while the question is not complete.
        reason: why there is no target, in a sentence.
    """

    ask: Ask
    zone: int | None
    other: int | None
    target: int | None
    reason: str


def scene_of(choice: Choice, prediction: Prediction) -> PickerScene:
    """The picture with the model's zones."""
    assert choice.picture is not None and prediction.zones is not None
    key = f"{prediction.facts.fingerprint[:24]}-{prediction.picture_sha256[:24]}"
    return PickerScene(choice.picture, prediction.zones, prediction.facts.colours, key)


def lead(ask: Ask) -> str:
    """What is asked, in a sentence."""
    asks = {
        "zone": _("What does this zone depend on?"),
        "border": _("What decides where this zone ends?"),
        "shared": _("What separates these two zones?"),
    }
    return asks[ask]


def choose_ask() -> Ask:
    """The zone, its border, or a shared border."""
    return choose_one(ASK, _("What to explain"), ASKS, _ask_title, "zone", label_visibility="collapsed")


def _ask_title(ask: Ask) -> str:
    return {"zone": _("Zone"), "border": _("Boundary"), "shared": _("Shared boundary")}[ask]


def ask_about(choice: Choice, prediction: Prediction, only: Ask | None = None) -> ZoneQuestion:
    """Draw the picture and the lists, and say what is chosen.

    Args:
        choice: model and image.
        prediction: of the model on the image; it has zones.
        only: what is asked on a page that asks nothing else; a person chooses where it is None.
    """
    scene = scene_of(choice, prediction)
    _drop_old_zones(scene)
    ask = only or choose_ask()
    zone, other = _lists(scene.zones, ask)
    question = question_of(prediction, ask, zone, other)
    zone_picker(scene, ask, _selection(zone, other), PICKER, partial(_adopt_click, scene.zones))
    colours = as_text(edge_text(question, scene.zones))
    st.caption(f"{facts_line(question, scene.zones)} {colours}".strip())
    return question


def _drop_old_zones(scene: PickerScene) -> None:
    """Zones of another picture or model mean nothing here: one begins with the zone seen first."""
    before = _shown().get("scene")
    if before is None:
        start_with(ZONE, scene.zones.foreground())
    elif before != scene.key:
        remember(ZONE, scene.zones.foreground())
        remember(OTHER, None)
    remember(
        SHOWN, {"pair": (None, None), "told": (None, None), "revision": 0} | _shown() | {"scene": scene.key}
    )


def _shown() -> dict[str, Any]:
    """What the picker was told, and what it tells."""
    shown: dict[str, Any] = recall(SHOWN, {})
    return shown


def _lists(zones: Zones, ask: Ask) -> tuple[int | None, int | None]:
    """Zone and second zone, chosen from lists: they are what counts, the picture sets them."""
    zone = _zone_list(ZONE, _("Zone"), tuple(range(len(zones.zones))), zones)
    if ask != "shared" or zone is None:
        return zone, None
    return zone, _zone_list(OTHER, _("Shares its boundary with"), zones.neighbours(zone), zones)


def _zone_list(key: str, title: str, options: tuple[int, ...], zones: Zones) -> int | None:
    found = {str(option + 1): option for option in options}
    found |= _former_names(zones, options)
    show, empty = partial(zone_name, zones), _("Click the image, or select here")
    look = {"label_visibility": "collapsed" if key == ZONE else "visible", "persist_state": "session"}
    return choose_or_not(key, title, found, show, empty, **look)


def _former_names(zones: Zones, options: tuple[int, ...]) -> dict[str, int]:
    """What older links call zones, in any language: vehicle 3, counted over all classes."""
    found: dict[str, int] = {}
    for code in LANGUAGES:
        with speaking(code):
            classes = [_(name) for name in zones.class_names]
        found |= {f"{classes[zones.zones[index].class_index]} {index + 1}": index for index in options}
    return found


def _selection(zone: int | None, other: int | None) -> Selection:
    """What the picker shows. It is told only what it does not know yet, so a click sends nothing back."""
    shown = _shown()
    if shown["pair"] != (zone, other):
        shown |= {"pair": (zone, other), "told": (zone, other), "revision": shown["revision"] + 1}
        remember(SHOWN, shown)
    first, second = shown["told"]
    return Selection(first, second, shown["revision"])


def _adopt_click(zones: Zones) -> None:
    """A click on the picture sets the lists."""
    pick = st.session_state[PICKER]["pick"]
    if not pick:
        return
    index = None if pick["row"] is None else zones.at((pick["row"], pick["column"])).index
    if pick["slot"] == "with":
        remember(OTHER, index)
    else:
        remember(ZONE, index)
        remember(OTHER, None)
    shown = _shown()
    pair = (recall(ZONE, None), recall(OTHER, None))
    remember(SHOWN, shown | {"pair": pair})


def question_of(prediction: Prediction, ask: Ask, zone: int | None, other: int | None) -> ZoneQuestion:
    """The question about a zone, or about two of them; with a reason where there is nothing to explain."""
    if zone is None:
        return ZoneQuestion(ask, None, None, None, _("Nothing is selected yet."))
    if ask == "shared" and other is None:
        return ZoneQuestion(
            ask, zone, None, None, _("Now select one of the zones with a dotted outline: they touch it.")
        )
    targets = prediction.targets
    asked = {"zone": partial(targets.zone, zone), "border": partial(targets.border, zone)}.get(
        ask
    ) or partial(targets.shared_border, zone, other if other is not None else zone)
    target = attempt(asked)
    if isinstance(target, VitrineError):
        return ZoneQuestion(ask, zone, other, None, sentence(target))
    return ZoneQuestion(ask, zone, other, target, "")


def question_title(question: ZoneQuestion, zones: Zones) -> str:
    """What is asked about, as a heading."""
    if question.zone is None:
        return ""
    name = zone_name(zones, question.zone)
    if question.ask == "border":
        return _("Boundary of {zone}").format(zone=name)
    if question.ask == "shared" and question.other is not None:
        return _("Boundary between {zone} and {other}").format(
            zone=name, other=zone_name(zones, question.other)
        )
    return name


def edge_text(question: ZoneQuestion, zones: Zones) -> str:
    """What the two colours along an edge mean; nothing where none are drawn."""
    if question.target is None or question.zone is None or question.ask == "zone":
        return ""
    if question.other is None:
        return _("Light blue pixels count for the zone; orange pixels just outside count against it.")
    text = _("Light blue pixels are on the side of {zone}, orange pixels on the side of {other}.")
    return text.format(zone=zone_name(zones, question.zone), other=zone_name(zones, question.other))


def facts_line(question: ZoneQuestion, zones: Zones) -> str:
    """Facts of the zones that are asked about, in one sentence."""
    pair = [index for index in (question.zone, question.other) if index is not None]
    if not pair:
        return _("Click a cell of the grid to select the zone under it.")
    return " ".join(
        _("**{name}**: {facts}.").format(
            name=as_text(zone_name(zones, index)), facts=zone_about(zones, index)
        )
        for index in pair
    )
