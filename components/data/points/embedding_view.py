"""Layout of a data set by the features of a layer: points, what was selected among them, neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from components.ask.params_form import params_form
from components.data.choice import DataChoice
from components.data.measured import Measured, answers_of, measure_order
from components.data.points.embedding_own import OwnPoint, choose_own, own_point, say_placed, with_own
from components.data.reported import offer_data_table
from components.data.selection import select_images
from components.pieces.scatter import ScatterScene, picked_point, scatter, selected_points
from components.pieces.scatter.atlas import Atlas, atlas, with_one_more
from components.pieces.scatter.colouring import Colouring, by_group, by_right, by_value
from components.session.cache import in_session
from components.session.choosing import by_title, choose_from_list, choose_one
from components.session.guard import attempt
from components.session.keys import COLOUR, DIMENSIONS, ITEM, LAYER, LAYOUT, POINTS, SEED
from components.session.offers.data_sets import data_image
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.measure.features import FEATURES, LayerFeatures
from compute.measure.grouping import FeatureGroupOrder, GroupSpec
from compute.measure.layout import FeatureTable, LayoutOrder, LayoutSpec, TrustedLayout
from compute.work.measure import MeasureView
from data_store.base.words import DataSet
from engine.arrays import Array
from engine.errors import VitrineError
from engine.projection.groups import FeatureGroups
from engine.projection.neighbours import Neighbours, neighbours
from engine.projection.project import ProjectedPoints
from engine.projection.table import PROJECTIONS

NEAREST = 8
GROUPS = "groups"
"""Colour by groups that density finds."""
ERRORS_PAGE, EXPLAIN_PAGE = "pages/data/errors.py", "pages/explain/compare.py"
MOST_SMALL = 5000
"""Images of a set that is drawn with small images; of a larger one they would take too long to read."""


@dataclass(frozen=True, eq=False)
class Laid:
    """Images with their features.

    Attributes:
        found: the answers of the model.
        places: rows of the answers, one for each point.
        features: float16 (N, F).
    """

    found: Measured
    places: Array
    features: FeatureTable

    @property
    def ids(self) -> tuple[str, ...]:
        """Names of the images."""
        return tuple(self.found.items[place].id for place in self.found.positions[self.places].tolist())


def show_embedding(choice: DataChoice, found: Measured, layers: Sequence[str], best: str) -> None:
    """Choose, wait, draw."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        layer = choose_from_list(LAYER, _("Layer"), list(layers), index=list(layers).index(best), width=220)
        spec = _choose_layout()
        colours = _colours(found)
        colour = choose_from_list(COLOUR, _("Colour"), list(colours), colours.__getitem__, width=200)
        picture = choose_own()
    order = measure_order(LayerFeatures(choice.refs[0], layer), choice)
    features = answers_of([order])
    if features is None:
        return
    laid = _laid(found, features[0])
    layouts = answers_of([LayoutOrder(spec, laid.features)])
    result = None if layouts is None else layouts[0].result()
    if result is None:
        return
    groups = _groups(laid.features) if colour == GROUPS else None
    if colour == GROUPS and groups is None:
        return
    colouring = _colouring(colour, laid) if groups is None else _by_density(groups)
    if groups is not None:
        st.caption(_(groups.verdict))
    own = own_point(choice, layer, laid.features, result.layout, picture)
    if own is not None or picture is None:
        _show_points(choice, laid, result, colouring, own)


def _groups(features: FeatureTable) -> FeatureGroups | None:
    """Groups by density; None while they are computed."""
    views = answers_of([FeatureGroupOrder(GroupSpec(), features)])
    return None if views is None else views[0].result()


def _by_density(groups: FeatureGroups) -> Colouring:
    """A colour for each group; images in none are grey."""
    numbered = [_("group {number}").format(number=numbers.count(one + 1)) for one in range(groups.count)]
    return by_group(_("Groups"), [numbered[one] if one >= 0 else None for one in groups.labels.tolist()])


def _choose_layout() -> LayoutSpec:
    """Method, dimensions, seed, and parameters behind a button."""
    ready = {key: row for key, row in PROJECTIONS.items() if row.why_not() is None}
    key = choose_from_list(LAYOUT, _("Layout"), list(ready), by_title(ready), width=130)
    dimensions = choose_one(DIMENSIONS, _("Dimensions"), ["2", "3"], lambda number: f"{number}D", "2")
    with st.popover(_("Settings")):
        seed = st.number_input(_("Seed"), 0, 9999, 0, key=SEED, bind="query-params")
        params = params_form(ready[key].params, f"{key}-")
        for text in (*ready[key].how_to_read, *ready[key].caveats):
            st.caption(_(text))
        for reason in filter(None, (row.why_not() for row in PROJECTIONS.values())):
            st.caption(_(reason))
    return LayoutSpec(key, params, int(dimensions), int(seed))


def _laid(found: Measured, view: MeasureView) -> Laid:
    """Features of the images that have an answer, in the order of the answers."""
    positions, values = view.heavy(FEATURES)
    rows = {place: row for row, place in enumerate(found.positions.tolist())}
    kept = [(rows[place], row) for row, place in enumerate(positions.tolist()) if place in rows]
    chosen = np.array([row for _place, row in kept], np.int64)
    return Laid(found, np.array([place for place, _row in kept], np.int64), FeatureTable(values[chosen]))


def _colours(found: Measured) -> Mapping[str, str]:
    """What points may be coloured by."""
    labelled = bool((found.ints("truth") >= 0).any())
    truth = {"truth": _("True class"), "right": _("Right or wrong")} if labelled else {}
    said = {"prediction": _("Predicted class"), "confidence": _("Confidence"), GROUPS: _("Groups")}
    return {**truth, **said}


def _colouring(key: str, laid: Laid) -> Colouring:
    found, title = laid.found, _colours(laid.found)[key]
    truth, prediction = found.ints("truth")[laid.places], found.ints("prediction")[laid.places]
    if key == "confidence":
        return by_value(title, found.floats("probability")[laid.places], 0.0, 1.0)
    if key == "right":
        return by_right(title, truth == prediction)
    classes = truth if key == "truth" else prediction
    names = found.facts.labels
    return by_group(title, [names[one] if one >= 0 else None for one in classes.tolist()])


def _show_points(
    choice: DataChoice, laid: Laid, result: TrustedLayout, colouring: Colouring, own: OwnPoint | None
) -> None:
    layout, data = result.layout, choice.data
    scene = _scene(data, laid, layout, own)
    scatter(scene, with_own(colouring, own), POINTS, _nothing)
    if result.trust is not None:
        figure = numbers.decimal(result.trust.kept.trustworthiness, 3)
        st.caption(_(result.trust.verdict) + " " + _("Trustworthiness {value}.").format(value=figure))
    for note in layout.notes:
        st.caption(_(note))
    _show_selected(data, laid, scene)
    picked = picked_point(POINTS, scene)
    if picked is not None and picked < len(laid.ids):
        near = neighbours(laid.features.values, picked, NEAREST)
        _show_neighbours(data, laid, laid.ids[picked], [(picked, 0.0), *_pairs(near)])
    if own is not None:
        say_placed(own)
        _show_neighbours(data, laid, own.picture.name, _pairs(own.placed.near)[:NEAREST])
    _show_table(choice, laid, scene)


def _scene(data: DataSet, laid: Laid, layout: ProjectedPoints, own: OwnPoint | None) -> ScatterScene:
    """All points; that of the own image is the last."""
    key = f"{laid.features.digest[:16]}-{layout.method}-{layout.dimensions}-{layout.seed}-{layout.params}"
    small = _small_images(data.key, laid.ids) if len(laid.ids) <= MOST_SMALL else None
    alt = _("{count} images by the features of a layer, {method}").format(
        count=numbers.count(len(laid.ids)), method=_(PROJECTIONS[layout.method].title)
    )
    if own is None:
        return ScatterScene(key, layout.points, laid.ids, alt, small)
    points = np.vstack([layout.points, own.placed.point])
    tiles = None if small is None else with_one_more(small, len(laid.ids), own.picture.pixels)
    return ScatterScene(f"{key}-{own.picture.sha256}", points, (*laid.ids, own.title), alt, tiles)


def _nothing() -> None:
    """The run after it reads what was selected."""


def _show_selected(data: DataSet, laid: Laid, scene: ScatterScene) -> None:
    chosen = selected_points(POINTS, scene)
    chosen = chosen[chosen < len(laid.ids)]
    if not len(chosen):
        return
    found = laid.found
    items = [found.items[place] for place in found.positions[laid.places[chosen]].tolist()]
    select_images(_("Selected in the layout"), data, items)
    truth, prediction = (
        found.ints("truth")[laid.places[chosen]],
        found.ints("prediction")[laid.places[chosen]],
    )
    wrong = int(((truth >= 0) & (truth != prediction)).sum())
    text = _("**{count}** images selected, {wrong} of them wrong.")
    with st.container(horizontal=True, vertical_alignment="center", key="points-selected"):
        st.markdown(text.format(count=numbers.count(len(items)), wrong=numbers.count(wrong)), width="content")
        st.page_link(ERRORS_PAGE, label=_("Look at these images") + " →")


def _pairs(near: Neighbours) -> list[tuple[int, float]]:
    """Places of the nearest images with their distances."""
    return list(zip(near.indices.ravel().tolist(), near.distances.ravel().tolist(), strict=True))


def _show_neighbours(data: DataSet, laid: Laid, name: str, pairs: Sequence[tuple[int, float]]) -> None:
    """The nearest images in the whole feature space, with their distances."""
    st.subheader(_("Nearest to {name}").format(name=as_text(name)), anchor=False)
    for column, (place, distance) in zip(st.columns(NEAREST + 1, gap="small"), pairs, strict=False):
        picture = attempt(data_image, data.key, laid.ids[place])
        with column:
            if not isinstance(picture, VitrineError):
                st.image(picture.pixels, alt=laid.ids[place], width="stretch")
            st.caption(numbers.general(distance, 3))
            item = f"{data.key}/{laid.ids[place]}"
            st.page_link(EXPLAIN_PAGE, label=_("Explain"), query_params={ITEM: item})


def _show_table(choice: DataChoice, laid: Laid, scene: ScatterScene) -> None:
    """The same for whoever cannot see points."""
    found, names = laid.found, laid.found.facts.labels
    truth = found.ints("truth")[laid.places].tolist()
    axes = enumerate("xyz"[: scene.points.shape[1]])
    table: dict[str, Any] = {
        _("Image"): list(laid.ids),
        _("True class"): [names[one] if one >= 0 else "" for one in truth],
        _("Predicted class"): [names[one] for one in found.ints("prediction")[laid.places].tolist()],
        _("Probability"): found.floats("probability")[laid.places],
        **{axis: scene.points[: len(laid.ids), place] for place, axis in axes},
    }
    with st.expander(_("Table")):
        st.dataframe(table, hide_index=True, key="points-table")
        offer_data_table(choice, _("Embedding"), table, "points")


@in_session(4)
def _small_images(key: str, ids: tuple[str, ...]) -> Atlas:
    def pixels(name: str) -> Any:
        picture = attempt(data_image, key, name)
        return None if isinstance(picture, VitrineError) else picture.pixels

    return atlas(pixels(name) for name in ids)
