"""The page of data quality: one of three checks of a data set at a time."""

import streamlit as st

from components.data.choice import DataChoice, measure_of
from components.data.errors_view import SEGMENTATION_PAGE
from components.data.hygiene.copies_view import show_copies
from components.data.hygiene.labels_view import ERRORS_PAGE, show_label_errors
from components.data.hygiene.unlike_view import show_unlike
from components.session.choosing import choose_one
from components.session.keys import CHECK
from components.words.i18n import _
from compute.measure.checks import COPIES, LABELS, UNLIKE
from compute.measure.masks import MaskAnswers


def show_quality(choice: DataChoice) -> None:
    """Choose a check, and show what it finds."""
    titles = {
        COPIES: _("Copies"),
        LABELS: _("Doubtful labels"),
        UNLIKE: _("Unlike the rest"),
    }
    check = choose_one(CHECK, _("Check"), list(titles), titles.__getitem__, COPIES)
    page = SEGMENTATION_PAGE if isinstance(measure_of(choice.refs[0]), MaskAnswers) else ERRORS_PAGE
    shows = {
        COPIES: lambda: show_copies(choice, page),
        LABELS: lambda: show_label_errors(choice),
        UNLIKE: lambda: show_unlike(choice, page),
    }
    with st.container(key="check-result"):
        shows[check]()
