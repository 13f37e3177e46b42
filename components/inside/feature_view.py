"""View of the feature maps of a picture at one layer."""

from collections.abc import Hashable, Sequence
from typing import Any

import streamlit as st

from caching import LRUCache
from components.ask.layers import choose_step
from components.inside.attention_view import show_attention
from components.inside.channel_sheet import (
    AFTER,
    BEFORE,
    PictureChannels,
    choose_channel,
    choose_sheet,
    show_channel,
    show_sheets,
)
from components.inside.kernel_view import show_kernels
from components.inside.layer_statistics import offer_maps, show_statistics
from components.jobs.feature_answers import answers
from components.session.choice import Choice
from components.session.choosing import by_title, choose_or_not
from components.session.keys import SECOND_PICTURE, SIDES, once
from components.session.resources import sample_picture
from components.session.samples import offered
from components.session.waiting import wait_for
from components.words.i18n import _
from compute.work.features import FeatureOrder, LayersSpec, MapsSpec
from compute.work.predict import Prediction
from engine.features import LayerFacts, LayerMaps
from engine.images.picture import Picture
from engine.phrase import later
from engine.visualise.channels import Channels
from model_store.catalogue import as_seen

KEPT_LAYERS = 4

MAPS_TEXTS = (
    later("Each small map is one channel: bright cells are where this filter responds to the image."),
    later(
        "Before the activation, values may be negative. ReLU removes those; SiLU and GELU let a "
        "little through."
    ),
    later(
        "Early layers respond to edges and colours in fine detail, late layers to whole objects on "
        "a coarse grid."
    ),
)
MAPS_CAVEATS = (
    later(
        "A channel is not a concept: one filter often responds to several things, and one thing to "
        "several filters."
    ),
    later("Channel brightness is comparable only on a common scale."),
    later("A channel that is dead on this image may be active on another one."),
)
ATTENTION_TEXTS = (
    later(
        "The cell you select is the query. Each head shows how much it takes from every cell: its "
        "weights sum to 1."
    ),
    later(
        "In early stages, keys are coarser than the image: neighbouring cells are merged before "
        "they are compared."
    ),
    later(
        "A head spread over all cells takes in the whole scene; one that focuses on a few cells "
        "compares places."
    ),
)
ATTENTION_CAVEATS = (
    later(
        "Attention is not an explanation: a weight tells where the model looks, not what it makes "
        "of it (Jain and Wallace 2019, arXiv 1902.10186)."
    ),
    later(
        "The block adds its result to what the cell already held, so a cell may ignore what it attends to."
    ),
)


def show_features(choice: Choice, prediction: Prediction) -> None:
    """Choose a layer, and look at it."""
    picture = choice.seen
    listing = FeatureOrder(LayersSpec(choice.ref), picture)
    found = answers([listing])
    if found is None:
        return
    if not found[0].layers:
        st.info(_("This model has no layer with feature maps. Please select another one."))
        return
    facts = choose_step(found[0].layers, prediction)
    if facts.attends:
        show_attention(choice, facts, listing)
        _show_reading(ATTENTION_TEXTS, ATTENTION_CAVEATS)
    else:
        _show_maps(choice, prediction, facts, listing)
        _show_reading(MAPS_TEXTS, MAPS_CAVEATS)
    show_kernels(found[0])


def _show_maps(choice: Choice, prediction: Prediction, facts: LayerFacts, listing: FeatureOrder[Any]) -> None:
    left, right = st.columns([5, 2], vertical_alignment="bottom")
    with left:
        chosen = choose_sheet(facts)
    with right:
        pictures = _pictures(choice)
    if pictures is None:
        return
    sheets = st.container(key="sheets")  # its place is kept (frame.css): what stands below comes before it
    with sheets:
        found = answers([FeatureOrder(MapsSpec(choice.ref, facts.name), one) for one in pictures], [listing])
    if found is None:
        return
    names = ("", "-twin")
    model = prediction.facts.fingerprint
    seen = [
        PictureChannels(picture, _sides(maps, (model, picture.sha256, facts.name)), name)
        for picture, maps, name in zip(pictures, found, names, strict=False)
    ]
    places, below, large = sheets.columns(len(seen), gap="medium"), st.container(), st.container()
    with large:  # before the sheets, which mark it
        channel = choose_channel(seen[0].sides[AFTER].count)
    with below:
        shown = show_sheets(seen, facts, chosen, channel, places)
    with large:
        show_channel(seen, facts, chosen, shown[0] if channel is None else channel)
    show_statistics(seen[0], facts)
    offer_maps(seen[0], facts)


def _sides(maps: LayerMaps, key: Hashable) -> dict[str, Channels]:
    """The channels of both sides; what was found out about the last few layers is kept."""

    def make() -> dict[str, Channels]:
        return {AFTER: Channels(maps.after)} | (
            {} if maps.before is None else {BEFORE: Channels(maps.before)}
        )

    kept: LRUCache[dict[str, Channels]] = once(SIDES, lambda: LRUCache(KEPT_LAYERS))
    return kept.get(key, make)


def _pictures(choice: Choice) -> list[Picture] | None:
    """The picture of the bar on top, and a second one where one is chosen; None while it is read."""
    first, samples = choice.seen, offered()
    key = choose_or_not(
        SECOND_PICTURE, _("Second image"), list(samples), by_title(samples), _("none: one image")
    )
    if key is None:
        return [first]
    second = sample_picture(key)
    if second is None:
        wait_for(
            lambda: sample_picture(key) is not None, lambda: st.status(_("Reading the second image ..."))
        )
        return None
    return [first, as_seen(choice.ref, second)]


def _show_reading(texts: Sequence[str], caveats: Sequence[str]) -> None:
    with st.expander(_("How to read this")):
        st.markdown(" ".join(_(text) for text in texts))
        st.markdown("\n".join(f"- {_(text)}" for text in caveats))
