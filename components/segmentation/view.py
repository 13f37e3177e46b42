"""The page of segmentation errors: an image with its masks, wrong regions, what drives one, and times."""

from collections.abc import Sequence

import streamlit as st

from components.data.choice import DataChoice
from components.data.mask_rows import mask_rows
from components.data.measured import Measured
from components.data.selection import show_selection
from components.segmentation.causes import show_causes
from components.segmentation.choosing import choose_image
from components.segmentation.masks import show_masks
from components.segmentation.regions import choose_region, offer_regions, regions_of
from components.segmentation.scene import mask_scene_of
from components.segmentation.speeds import show_speeds
from components.words.i18n import _

ERRORS_PAGE = "pages/data/errors.py"


def show_segmentation(choice: DataChoice, found: Sequence[Measured]) -> None:
    """All of the page, below the choice of data."""
    if found[0].facts.task != "segmentation":
        st.info(_("This model classifies whole images; the page “Errors” lists those that it gets wrong."))
        st.page_link(ERRORS_PAGE, label=_("Errors") + " →")
        return
    shown = [one for one in found if one.facts.labels == found[0].facts.labels]
    if len(shown) < len(found):
        st.info(_("The two models have different classes, so they are not compared class by class."))
    counted = [mask_rows(one) for one in shown]
    if not len(counted[0]):
        st.info(_("This data set has no masks, so answers cannot be checked."))
        return
    place = choose_image(shown, counted, show_selection(choice.data))
    scene = mask_scene_of(shown, place)
    if scene is not None:
        regions = [regions_of(scene, number) for number in range(len(shown))]
        chosen = choose_region(scene, regions)
        show_masks(scene, regions, chosen)
        offer_regions(choice, scene, regions)
        show_causes(scene, regions, chosen)
        show_speeds(choice, scene)
