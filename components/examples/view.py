"""Sections of the page of examples, one at a time."""

from collections.abc import Callable

from components.examples.counterfactual_view import show_counterfactual
from components.examples.near_view import show_near
from components.examples.prototypes_view import show_prototypes
from components.session.choice import Choice
from components.session.choosing import choose_one
from components.session.keys import EXAMPLES
from components.words.i18n import _
from compute.work.predict import Prediction

SECTIONS: dict[str, Callable[[Choice, Prediction], None]] = {
    "counterfactual": show_counterfactual,
    "near": show_near,
    "prototypes": show_prototypes,
}
"""What is shown, by what stands in links."""


def show_examples(choice: Choice, prediction: Prediction) -> None:
    """Choose a section and draw it."""
    titles = {
        "counterfactual": _("Counterfactual"),
        "near": _("Nearest images"),
        "prototypes": _("Prototypes"),
    }
    options = list(SECTIONS)
    shown = {"label_visibility": "collapsed"}
    section = choose_one(EXAMPLES, _("Examples"), options, titles.__getitem__, options[0], **shown)
    SECTIONS[section](choice, prediction)
