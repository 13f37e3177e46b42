"""Choice of the class that is explained: one of the best, any other by search, or one rather than another."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from components.session.choosing import choose_from_list, choose_or_not
from components.session.keys import BESIDE, CLASS, LAST_BEST, VERSUS, recall, remember
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from components.words.templates import show_html
from compute.work.predict import Prediction
from engine.target_sets import TargetIndex

BEST = 5


@dataclass(frozen=True)
class ClassQuestion:
    """What is asked of classifiers, by the names of classes, so that it can be asked of another model too.

    Attributes:
        name: of the class.
        versus: of the class that it is set against, or None.
    """

    name: str
    versus: str | None = None

    @property
    def title(self) -> str:
        """What is asked, as a heading."""
        return (
            _(self.name)
            if self.versus is None
            else _("{name} in contrast with {versus}").format(name=_(self.name), versus=_(self.versus))
        )


def best_first(prediction: Prediction) -> list[int]:
    """All classes, the most probable first."""
    return np.argsort(-prediction.class_scores, kind="stable").tolist()


def show_best(prediction: Prediction, title: str) -> None:
    """The five best classes with their probabilities."""
    names, scores = prediction.facts.labels, prediction.class_scores.tolist()
    best = best_first(prediction)[:BEST]
    rows = [(_(names[index]), scores[index], numbers.share(scores[index])) for index in best]
    st.markdown(f"**{as_text(title)}**")
    show_html("ask/classes", label=_("Most likely classes"), rows=rows)


def ask_class(prediction: Prediction) -> ClassQuestion:
    """The class that is explained, the best one unless another is chosen, and the one it is set against."""
    names = prediction.facts.labels
    order = best_first(prediction)
    _follow_the_best(order)
    index = _class_list(CLASS, _("Class"), prediction, order, None)
    rest = [other for other in order if other != index]
    versus = _class_list(VERSUS, _("Contrast with"), prediction, rest, _("none: the class on its own"))
    assert index is not None
    return ClassQuestion(names[index], None if versus is None else names[versus])


def ask_beside(prediction: Prediction) -> list[int]:
    """One class or two: the best one unless another is chosen, such as the one that was expected."""
    order = best_first(prediction)
    _follow_the_best(order)
    index = _class_list(CLASS, _("Class"), prediction, order, None)
    rest = [other for other in order if other != index]
    beside = _class_list(
        BESIDE, _("Also show, for example the class you expected"), prediction, rest, _("no other class")
    )
    return [found for found in (index, beside) if found is not None]


def _follow_the_best(order: list[int]) -> None:
    """Where nobody chose another class than the best one, the best one of another picture takes its place."""
    last = recall(LAST_BEST, None)
    if last is not None and recall(CLASS, None) == last:
        remember(CLASS, order[0])
    remember(LAST_BEST, order[0])


def _class_list(
    key: str, title: str, prediction: Prediction, options: list[int], empty: str | None
) -> int | None:
    """A searchable list of classes; it starts with the best one, or with nothing where it may be empty."""
    names, best = prediction.facts.labels, options[0]

    def show(index: int) -> str:
        return _(names[index])

    text, probability = _("{best} is the most likely class, at {probability}."), prediction.class_scores[best]
    said = text.format(best=as_text(show(best)), probability=numbers.share(float(probability)))
    by_number = {str(index): index for index in options}
    found = by_number | {names[index]: index for index in options} | by_number
    if empty is None:
        return choose_from_list(key, title, found, show, help=said)
    return choose_or_not(key, title, found, show, empty, help=said)


def same_class(prediction: Prediction, name: str) -> int | None:
    """Index of the class of a name in another model, however it is spelt there; None if there is none."""
    wanted = _plain(name)
    return next(
        (index for index, label in enumerate(prediction.facts.labels) if wanted in _spellings(label)), None
    )


def wanted_of(question: ClassQuestion, prediction: Prediction) -> TargetIndex | None:
    """What is asked, in the classes of a model; None if it does not know one of them."""
    index = same_class(prediction, question.name)
    if question.versus is None or index is None:
        return index
    versus = same_class(prediction, question.versus)
    return None if versus is None else (index, versus)


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").replace("-", " ").split())


def _spellings(label: str) -> set[str]:
    """A label as a whole, and each name in a label that lists several: "tabby, tabby cat"."""
    return {_plain(part) for part in (label, *label.split(","))}
