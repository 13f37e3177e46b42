"""The report as slides: a button that is there as soon as something is in the report."""

from datetime import datetime

from components.pieces.present import present_slides
from components.present.slides import slides_of
from components.report.items import items, notes
from components.session.keys import SLIDES


def offer_slides() -> None:
    """Draw the button."""
    present_slides(slides_of(items(), notes(), datetime.now()), SLIDES)
