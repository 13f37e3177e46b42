"""Rows of a comparison: for each model the same class, or the zone at the same place."""

from collections.abc import Sequence
from dataclasses import dataclass

from components.ask.classes import ClassQuestion, ask_class, show_best, wanted_of
from components.ask.question import ZoneQuestion, ask_about, question_of, question_title
from components.jobs.predictions import prediction_of
from components.pieces.zone_picker.geometry import inner_point
from components.session.choice import Choice
from components.session.choosing import by_title, choose_or_not
from components.session.keys import SECOND
from components.session.own_models import visible_models
from components.words.i18n import _
from compute.work.predict import Prediction
from engine.arrays import Bools
from engine.target_sets import TargetIndex
from model_store.catalogue import Entry, ModelRef


@dataclass(frozen=True, eq=False)
class Contender:
    """A model with its answer on the picture."""

    choice: Choice
    prediction: Prediction

    @property
    def title(self) -> str:
        """The model's name."""
        return _(self.choice.entry.title)


@dataclass(frozen=True, eq=False)
class Row:
    """A model with what is asked of it.

    Attributes:
        contender: the model.
        wanted: what is explained; None where there is nothing to explain.
        title: of the row.
        reason: why there is nothing to explain, in a sentence.
        outlines: masks bool (h, w) of the zones that are meant.
        beside: all that is asked of the same model at the same time, where that is more: one order.
    """

    contender: Contender
    wanted: TargetIndex | None
    title: str
    reason: str = ""
    outlines: tuple[Bools, ...] = ()
    beside: tuple[TargetIndex, ...] = ()

    @property
    def together(self) -> tuple[TargetIndex, ...]:
        """All that one order is about."""
        return self.beside or (() if self.wanted is None else (self.wanted,))


def contenders(choice: Choice, prediction: Prediction) -> list[Contender]:
    """The model of the bar on top, and a second one where one is chosen."""
    first = Contender(choice, prediction)
    ref = _choose_second(choice.entry)
    if ref is None:
        return [first]
    other = Choice(ref, choice.picture, choice.own, choice.credit)
    answer = prediction_of(other)
    return [first] if answer is None else [first, Contender(other, answer)]


def _choose_second(entry: Entry) -> ModelRef | None:
    """Another model for the same task, or None."""
    others = {
        key: other for key, other in visible_models().items() if other.task == entry.task and key != entry.key
    }
    key = choose_or_not(SECOND, _("Second model"), list(others), by_title(others), _("none: one model"))
    return None if key is None else ModelRef(key)


def ask_rows(models: Sequence[Contender]) -> list[Row]:
    """Draw what can be asked, and say what is asked of each model."""
    return _ask_zone(models) if models[0].prediction.zones is not None else _ask_class(models)


def _ask_class(models: Sequence[Contender]) -> list[Row]:
    question = ask_class(models[0].prediction)
    for model in models:
        show_best(model.prediction, model.title)
    return [_class_row(model, question) for model in models]


def _class_row(model: Contender, question: ClassQuestion) -> Row:
    wanted = wanted_of(question, model.prediction)
    unknown = _("{model} does not know this target: {question}.")
    reason = unknown.format(model=model.title, question=question.title) if wanted is None else ""
    return Row(model, wanted, _("{name}: {text}").format(name=model.title, text=question.title), reason)


def _ask_zone(models: Sequence[Contender]) -> list[Row]:
    first = models[0]
    question = ask_about(first.choice, first.prediction)
    return [zone_row(first, question), *(_zone_there(model, first, question) for model in models[1:])]


def zone_row(model: Contender, question: ZoneQuestion) -> Row:
    """The zone or border that is asked about."""
    zones = model.prediction.zones
    assert zones is not None
    chosen = [index for index in (question.zone, question.other) if index is not None]
    title = (
        _("{name}: {text}").format(name=model.title, text=question_title(question, zones))
        if chosen
        else model.title
    )
    return Row(
        model, question.target, title, question.reason, tuple(zones.labels == index for index in chosen)
    )


def _zone_there(model: Contender, first: Contender, question: ZoneQuestion) -> Row:
    """The same question about the zones of another model that lie where those of the first one lie."""
    theirs, mine = first.prediction.zones, model.prediction.zones
    assert theirs is not None and mine is not None
    places = []
    for index in (question.zone, question.other):
        point = None if index is None else inner_point(theirs.labels == index)
        height, width = theirs.labels.shape
        places.append(None if point is None else mine.at((point[0] / height, point[1] / width)).index)
    return zone_row(model, question_of(model.prediction, question.ask, *places))
