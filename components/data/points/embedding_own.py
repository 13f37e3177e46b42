"""An image of one's own among the points of a data set."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from components.data.choice import DataChoice
from components.data.measured import answers_of
from components.jobs.orders import keep_only
from components.pieces.scatter.colouring import NONE, Colouring
from components.session.guard import attempt, say
from components.session.keys import OWN_POINT, forget, recall
from components.session.own_pictures import tray
from components.words import numbers
from components.words.i18n import _
from compute.measure.layout import FeatureTable
from compute.work.features import FeatureOrder
from compute.work.single.own_features import OwnFeaturesSpec
from engine.errors import VitrineError
from engine.images.picture import Picture
from engine.projection.placing import BETWEEN, EXACT, PlacedImage, place_image
from engine.projection.project import ProjectedPoints
from model_store.catalogue import as_seen

INK = "#111111"
"""Colour of its point among groups."""


@dataclass(frozen=True, eq=False)
class OwnPoint:
    """An image of one's own with its place.

    Attributes:
        picture: the image.
        placed: where it belongs.
    """

    picture: Picture
    placed: PlacedImage

    @property
    def title(self) -> str:
        """What is said of its point."""
        return _("Your image: {name}").format(name=self.picture.name)


def choose_own() -> Picture | None:
    """Draw the choice of an own image, where there are any."""
    offered = {picture.name: picture for picture in tray().pictures.values()}
    if not offered:
        return None
    if recall(OWN_POINT, None) not in (None, *offered):
        forget(OWN_POINT)
    none, title = _("None"), _("Your image")
    name = st.selectbox(title, list(offered), index=None, key=OWN_POINT, placeholder=none, width=200)
    return None if name is None else offered[name]


def own_point(
    choice: DataChoice, layer: str, table: FeatureTable, layout: ProjectedPoints, picture: Picture | None
) -> OwnPoint | None:
    """The image with its place; None where none is chosen, or while its features are not there."""
    if picture is None:
        keep_only([], FeatureOrder.kind)
        return None
    ref = choice.refs[0]
    order = FeatureOrder(OwnFeaturesSpec(ref, layer), as_seen(ref, picture))
    keep_only([order], FeatureOrder.kind)
    views = answers_of([order])
    features = None if views is None else views[0].result()
    if features is None:
        return None
    placed = attempt(place_image, table.values, layout, features)
    if isinstance(placed, VitrineError):
        say(placed)
        return None
    return OwnPoint(picture, placed)


def with_own(colouring: Colouring, own: OwnPoint | None) -> Colouring:
    """Colours with that of the own image as the last point: its own among groups, grey along a scale."""
    if own is None:
        return colouring
    if colouring.ends is not None:
        return replace(colouring, codes=np.append(colouring.codes, np.uint8(NONE)))
    moved = np.where(colouring.codes == NONE, NONE, colouring.codes + 1).astype(np.uint8)
    labels = (_("your image"), *colouring.labels)
    return replace(
        colouring, codes=np.append(moved, np.uint8(0)), palette=(INK, *colouring.palette), labels=labels
    )


def say_placed(own: OwnPoint) -> None:
    """How it was placed."""
    text = _(EXACT) if own.placed.exact else _(BETWEEN)
    st.caption(text.format(count=numbers.count(own.placed.near.indices.size)))
