"""The maps of a batch: small ones for its table, and the one that was chosen there, large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from components.batch.jobs import RunningBatch
from components.batch.judge import row_judge
from components.explain.map_details import show_details
from components.pieces.map_view import MapScene
from components.session.media import thumbnail
from components.words.i18n import _
from engine.errors import VitrineError
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.visualise.inks import Look
from engine.visualise.overlays import overlay_explanation
from engine.visualise.scales import scale_for
from model_store.catalogue import as_seen

if TYPE_CHECKING:
    from compute.batch.run import PictureOutcome

MOST = 200
"""Rows with a small map; a table of thousands would be too much for a browser."""

DRAWN_PX = 336
"""Longer side at which a map is drawn before it is made small."""


def small_maps(found: RunningBatch, outcomes: Sequence[PictureOutcome]) -> list[str | None]:
    """Data address of a small map for each row of the table; None where there is none."""
    drawn: list[str | None] = []
    for outcome in outcomes:
        if outcome.error is None:
            few = len(drawn) < MOST
            drawn += _small_of(found, outcome) if few else [None] * len(outcome.rows)
    return drawn


def show_chosen(found: RunningBatch, outcomes: Sequence[PictureOutcome], row: int) -> None:
    """The map of a row of the table, large, with its numbers and files."""
    explained = (outcome for outcome in outcomes if outcome.error is None)
    places = [(outcome, place) for outcome in explained for place in range(len(outcome.rows))]
    if row >= len(places):  # chosen in the table of another batch
        return
    outcome, place = places[row]
    shown = _shown(found, outcome)
    if shown is not None:
        explanation = shown.maps[place]
        title = _("{name}: {text}").format(name=outcome.name, text=_(explanation.target.label))
        judge = row_judge(found.job.batch.spec.ref, outcome.rows[place])
        show_details(MapScene(explanation, shown.picture, ()), title, judge=judge)


@dataclass(frozen=True, eq=False)
class _Shown:
    """An image of a batch with its maps, in the order of their rows."""

    picture: Picture
    maps: list[Explanation]


def _shown(found: RunningBatch, outcome: PictureOutcome) -> _Shown | None:
    """What was explained; None where it is no longer there."""
    chosen = next((one for one in found.pictures if one.name == outcome.name), None)
    if chosen is None:
        return None
    from compute.batch.files import read_maps

    try:
        batch = found.job.batch
        maps = read_maps(batch.folder / str(outcome.rows[0]["maps"]))
        return _Shown(as_seen(batch.spec.ref, chosen.look()), maps)
    except VitrineError:
        return None


def _small_of(found: RunningBatch, outcome: PictureOutcome) -> list[str | None]:
    """Drawn once: the batch keeps them."""
    if outcome.name not in found.small:
        shown = _shown(found, outcome)
        found.small[outcome.name] = (
            [None] * len(outcome.rows)
            if shown is None
            else [_draw(shown.picture, explanation) for explanation in shown.maps]
        )
    return found.small[outcome.name]


def _draw(picture: Picture, explanation: Explanation) -> str:
    image = Image.fromarray(picture.pixels)
    image.thumbnail((DRAWN_PX, DRAWN_PX))
    laid = overlay_explanation(np.asarray(image), explanation, scale_for(explanation), Look())
    return thumbnail(Image.fromarray(laid))
