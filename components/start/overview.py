"""The first page's parts: the segmented picture, what the model found, where to go next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import streamlit as st

from components.ask.classes import BEST, best_first, show_best
from components.ask.columns import Column
from components.ask.question import ask_about
from components.ask.rows import Contender, Row
from components.explain.compare_view import Arrangement, by_row, show_comparison
from components.explain.explanation_view import show_explanation
from components.jobs.orders import order_maps
from components.maps.legend import class_shares, show_legend
from components.pieces.map_sheet import SheetLayout
from components.session.choice import Choice
from components.session.keys import ASK
from components.session.media import photo_bytes
from components.start.model_card import show_model_card
from components.words import numbers
from components.words.i18n import _
from compute.work.predict import Prediction
from engine.methods import METHODS
from engine.model import Task

FIRST_METHOD = "sobol"
ONE_MAP = Arrangement(by_row, SheetLayout(tile="20rem", picks=False, large=True), agreement=False)
ZONES_PAGE, COMPARE_PAGE = "pages/explain/zones.py", "pages/explain/compare.py"
LAYERS_PAGE, GALLERY_PAGE = "pages/explain/layers.py", "pages/explain/gallery.py"
FEATURES_PAGE, FILTERS_PAGE = "pages/inside/feature_maps.py", "pages/inside/filters.py"
STEPS_A_ROW = 3


def show_answer(choice: Choice, prediction: Prediction) -> None:
    """The picture and what the model says about it."""
    _ANSWERS[prediction.facts.task](choice, prediction)


def _show_zones(choice: Choice, prediction: Prediction) -> None:
    """A finished map at once, where one came with Vitrine; the pass of one's own image otherwise."""
    method = METHODS[FIRST_METHOD]
    left, right = st.columns(2, gap="medium")
    with left:
        question = ask_about(choice, prediction)
        if prediction.zones is not None:
            show_legend(class_shares(prediction.zones, prediction.facts.colours))
    with right:
        show_explanation(choice, order_maps(choice, prediction, method, method.params()), question)


def _show_classes(choice: Choice, prediction: Prediction) -> None:
    """The most likely classes, and why the first of them: that map is finished at once, too, or grows."""
    picture, method = choice.seen, METHODS[FIRST_METHOD]
    best = best_first(prediction)[0]
    name = _(prediction.facts.labels[best])
    left, right = st.columns([3, 4], gap="medium")
    with right:
        row = Row(Contender(choice, prediction), best, _("Why {name}?").format(name=name))
        show_comparison([row], [Column(method, method.params())], ONE_MAP)
    with left:
        st.image(photo_bytes(picture.sha256, picture.pixels), alt=_(picture.name), width="stretch")
        st.caption(_fit_note(choice, prediction))
        show_best(prediction, _("What the model sees"))
        text = _(
            "The {count} most likely of {all} classes. The model can only answer with classes it "
            "was trained on."
        )
        st.caption(
            text.format(
                count=min(BEST, len(prediction.facts.labels)), all=numbers.count(len(prediction.facts.labels))
            )
        )


def _fit_note(choice: Choice, prediction: Prediction) -> str:
    """What was done to the image before the model saw it."""
    height, width = prediction.input_hw
    if choice.picture is choice.whole:
        text = _("The model sees the whole image, resized to {width} x {height} pixels.")
        return text.format(width=width, height=height)
    if (choice.ref.fit or choice.entry.fit) == "pad":
        return _("The model sees the whole image between grey margins.")
    return _("The model sees only this central part of the image; the rest has no influence.")


_ANSWERS: dict[str, Callable[[Choice, Prediction], None]] = {
    "segmentation": _show_zones,
    "classification": _show_classes,
}


@dataclass(frozen=True)
class NextStep:
    """Something that can be asked.

    Attributes:
        title, text: for people.
        page: where it is asked.
        tasks: of the models that can be asked.
        link: what is chosen there at once.
    """

    title: str
    text: str
    page: str
    tasks: tuple[Task, ...]
    link: Mapping[str, str] = field(default_factory=dict)


def _steps() -> tuple[NextStep, ...]:
    zones: tuple[Task, ...] = ("segmentation",)
    every: tuple[Task, ...] = ("segmentation", "classification")
    return (
        NextStep(
            _("Explain a zone"),
            _("Which parts of the image change the answer for one zone?"),
            ZONES_PAGE,
            zones,
            {ASK: "zone"},
        ),
        NextStep(
            _("Explain a boundary"),
            _("What decides where a zone ends?"),
            ZONES_PAGE,
            zones,
            {ASK: "border"},
        ),
        NextStep(
            _("Explain a shared boundary"),
            _("What separates two neighbouring zones?"),
            ZONES_PAGE,
            zones,
            {ASK: "shared"},
        ),
        NextStep(
            _("Compare methods"),
            _("Do LIME and Grad-CAM highlight the same places? Does a second model?"),
            COMPARE_PAGE,
            every,
        ),
        NextStep(
            _("Try every method"),
            _("What do all available methods show, for one target or for the top classes?"),
            GALLERY_PAGE,
            every,
        ),
        NextStep(
            _("Compare the layers"),
            _("In which layer does the attention form, and how strong is it there?"),
            LAYERS_PAGE,
            every,
        ),
        NextStep(
            _("Explore its feature maps"),
            _("How does each channel of a layer respond to this image?"),
            FEATURES_PAGE,
            every,
        ),
        NextStep(
            _("Visualize features"),
            _("Which pattern does each filter, or each class, respond to most?"),
            FILTERS_PAGE,
            every,
        ),
    )


def show_next_steps(prediction: Prediction) -> None:
    """What can be asked of this model, and where."""
    st.subheader(_("What you can explore"))
    fitting = [step for step in _steps() if prediction.facts.task in step.tasks]
    for start in range(0, len(fitting), STEPS_A_ROW):
        for column, step in zip(st.columns(STEPS_A_ROW), fitting[start : start + STEPS_A_ROW], strict=False):
            with column.container(
                border=True, height="stretch", key=f"card-{step.page}-{step.link.get(ASK, '')}"
            ):
                st.page_link(step.page, label=f"**{step.title}** →", query_params=dict(step.link) or None)
                st.markdown(step.text)


def show_about_model(choice: Choice, prediction: Prediction) -> None:
    """Facts and limits of the model."""
    st.subheader(_("About this model"))
    show_model_card(choice.entry, prediction)
    st.caption(
        _(
            "A map tells what the model's answer depends on, not whether the answer is right. Maps "
            "come from images with hidden parts, unlike those the model was trained on."
        )
    )
