"""Wrong regions of an image: the largest ones of each model, and which of them is asked about."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from components.data.choice import DataChoice
from components.data.reported import offer_data_table
from components.segmentation.scene import MaskScene
from components.session.choosing import choose_one, choose_or_not
from components.session.keys import REGION, REGION_MODEL, remember
from components.words import numbers
from components.words.i18n import _
from engine.evaluation.mistakes import WrongRegion, WrongRegions, wrong_regions
from engine.evaluation.region_target import RegionContrast

MOST = 12
LEAST_SHARE = 0.0002
"""Of the pixels of the image: smaller regions are not listed."""


@dataclass(frozen=True)
class ChosenRegion:
    """What is asked about.

    Attributes:
        model: number of the model whose regions are shown.
        region: the marked one, or None.
    """

    model: int
    region: WrongRegion | None


def regions_of(scene: MaskScene, number: int) -> WrongRegions:
    """The largest wrong regions of a model."""
    least = max(1, round(LEAST_SHARE * scene.truth.size))
    return wrong_regions(scene.truth, scene.answers[number], len(scene.classes), least, MOST)


def region_text(scene: MaskScene, region: WrongRegion) -> str:
    """Name of a region: its class pair and its share of the image."""
    text = _("{number}: {truth}, predicted as {prediction}, {share} of the image")
    return text.format(
        number=numbers.count(region.number),
        truth=scene.classes[region.true],
        prediction=scene.classes[region.predicted],
        share=numbers.share(region.area / scene.truth.size),
    )


def region_target(scene: MaskScene, regions: WrongRegions, region: WrongRegion) -> RegionContrast:
    """The target "predicted minus true class" over a region."""
    top, left, bottom, right = region.box
    height, width = scene.truth.shape
    mask = regions.labels[top:bottom, left:right] == region.number
    names = scene.found[0].facts.labels
    label = f"{names[region.predicted]} − {names[region.true]}"
    return RegionContrast(region.predicted, region.true, mask, (top, left), (height, width), label=label)


def option_of(scene: MaskScene, model: int, number: int) -> str:
    """Name of a region in links; of another image it means none."""
    return f"{scene.item.id}-{model}-{number}"


def choose_region(scene: MaskScene, regions: Sequence[WrongRegions]) -> ChosenRegion:
    """Draw the lists and the table, and say what is chosen."""
    model = 0
    if len(regions) > 1:
        model = int(
            choose_one(
                REGION_MODEL, _("Wrong regions of"), ["0", "1"], lambda key: scene.titles[int(key)], "0"
            )
        )
    listed = {option_of(scene, model, one.number): one for one in regions[model].regions}
    chosen = choose_or_not(
        REGION,
        _("Wrong region"),
        list(listed),
        lambda option: region_text(scene, listed[option]),
        _("Click a region of the image, or select here"),
    )
    return ChosenRegion(model, listed.get(chosen or ""))


def show_table(scene: MaskScene, regions: Sequence[WrongRegions], chosen: ChosenRegion) -> None:
    """The regions by their area; a row that is selected is marked in the image."""
    found = regions[chosen.model]
    said = _("{shown} of {total} wrong regions, {share} of the image is wrong.").format(
        shown=numbers.count(len(found.regions)),
        total=numbers.count(found.total),
        share=numbers.share(found.wrong_pixels / scene.truth.size),
    )
    st.caption(said)
    if not found.regions:
        return
    table = {"": ["●" * (one == chosen.region) for one in found.regions], **_columns(scene, found)}
    key = f"regions-{scene.key}-{chosen.model}"
    adopt = partial(_adopt_row, scene, chosen.model, key)
    st.dataframe(
        table,
        hide_index=True,
        key=key,
        on_select=adopt,
        selection_mode="single-row",
        column_config={"": st.column_config.TextColumn("", width=28)},
        height=390,
    )


def offer_regions(choice: DataChoice, scene: MaskScene, regions: Sequence[WrongRegions]) -> None:
    """Add the wrong regions of all models to the report, or take them out."""
    rows = [_columns(scene, found) for found in regions]
    models = [title for title, found in zip(scene.titles, regions, strict=True) for _one in found.regions]
    if not models:
        return
    joined = {name: [value for row in rows for value in row[name]] for name in rows[0]}
    title = _("Wrong regions of {image}").format(image=scene.item.id)
    offer_data_table(choice, title, {_("Model"): models, **joined}, f"regions-{scene.key}")


def _columns(scene: MaskScene, found: WrongRegions) -> dict[str, list[Any]]:
    return {
        _("Pixels"): [one.area for one in found.regions],
        _("True class"): [scene.classes[one.true] for one in found.regions],
        _("Predicted as"): [scene.classes[one.predicted] for one in found.regions],
    }


def _adopt_row(scene: MaskScene, model: int, key: str) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    if rows:
        remember(REGION, option_of(scene, model, rows[0] + 1))
