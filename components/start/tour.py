"""The tour of the start page: four steps on the finished result that it opens with."""

from components.pieces.tour import TourStep, tour
from components.session.choice import Choice
from components.session.keys import MAP, PICKER, TOUR
from components.words.i18n import _

IMAGE, RESULT = f".st-key-{PICKER}", f".st-key-{MAP}"
BESIDE = f'[data-testid="stColumn"]:has({RESULT})'
BAR = ".st-key-bar"
MENU, OPENS_MENU = '[data-testid="stSidebarNav"]', '[data-testid="stExpandSidebarButton"]'


def offer_tour(choice: Choice) -> None:
    """A small link at the foot of the page; on a sample the tour begins by itself for a new visitor."""
    steps = (
        TourStep(
            _("Click a zone"),
            _("Click anything in the image: the map says where the model's answer for it comes from."),
            (IMAGE,),
        ),
        TourStep(
            _("Read the map"),
            _("The stronger the colour, the more the answer depends on a place. Point at it for its value."),
            (f"{RESULT} >>> .stage",),
        ),
        TourStep(
            _("Bring your own"),
            _("Choose another model here, another sample, or your own image. Every page follows."),
            (BAR,),
        ),
        TourStep(
            _("Compare and report"),
            _("The menu leads to other methods side by side, and to a report to share."),
            (MENU, OPENS_MENU),
        ),
    )
    tour(steps, (IMAGE, BESIDE, BAR, MENU), not choice.own, TOUR)
