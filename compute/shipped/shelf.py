"""Lookup of shipped answers: what a page asks is answered before any worker is up."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from compute.shipped.answer import ShippedAnswer
from compute.shipped.drawing_files import FOLDER as DRAWINGS
from compute.shipped.drawing_files import ModelDrawings, read_drawings
from compute.shipped.drawings import LayerDrawings
from compute.shipped.files import FOLDER, path_of, read_answer
from compute.work.contract import Order, Sheet
from compute.work.filter_sheet import FilterSheet
from compute.work.filters import FilterOrder
from compute.work.perturbation import PerturbationOrder
from compute.work.predict import PredictOrder
from engine.images.picture import Picture
from model_store.catalogue import ModelRef

KEPT = 8
"""So many answers stay in memory, of about 2 MB each."""

LAYERS_KEPT = 16
"""So many layers with their images stay in memory, of about half a megabyte each."""

Found = tuple[Order[Any], Sheet]


def shipped_work(order: Order[Any]) -> Found | None:
    """An order that is finished already, in the words of its asker, and its sheet; None if it was not
    shipped.

    Raises:
        VitrineError: the model is not there.
    """
    find = _FINDERS.get(order.kind)
    return None if find is None else find(order)


def _find_prediction(order: PredictOrder) -> Found | None:
    answer = shipped_answer(order.spec, order.picture)
    return None if answer is None else (order, answer.predicted())


def _find_scores(order: PerturbationOrder) -> Found | None:
    answer = shipped_answer(order.spec.ref, order.picture)
    mine = None if answer is None else answer.same(order)
    return None if answer is None or mine is None else (mine, answer.scored(mine))


def _find_drawings(order: FilterOrder) -> Found | None:
    layer = shipped_layer(order)
    if layer is None:
        return None
    drawn = {channel: layer.drawings[channel] for channel in order.spec.channels}
    return order, FilterSheet(order, drawn)


_FINDERS: dict[str, Callable[[Any], Found | None]] = {
    PredictOrder.kind: _find_prediction,
    PerturbationOrder.kind: _find_scores,
    FilterOrder.kind: _find_drawings,
}


def shipped_answer(ref: ModelRef, picture: Picture) -> ShippedAnswer | None:
    """What was shipped for a model and an image, if anything; read once."""
    name = _names().get((str(ref), picture.sha256))
    return None if name is None else _read(ref, name, picture)


@lru_cache(maxsize=1)
def _names() -> dict[tuple[str, str], str]:
    """Names of the samples by the model and by the digest of the image, as the manifests say."""
    return {
        (path.parent.name, cast(str, json.loads(path.read_text())["picture_sha256"])): path.stem
        for path in FOLDER.glob("*/*.json")
    }


@lru_cache(maxsize=KEPT)
def _read(ref: ModelRef, name: str, picture: Picture) -> ShippedAnswer | None:
    return read_answer(path_of(ref, name), ref, picture)


def shipped_drawings(ref: ModelRef) -> ModelDrawings | None:
    """The feature visualizations that were shipped for a model with its present weights, if any.

    Raises:
        VitrineError: the model is not there.
    """
    return _read_model(ref) if ref in _drawn_models() else None


def shipped_layer(order: FilterOrder) -> LayerDrawings | None:
    """What was shipped of a layer if that answers an order, with all its channels and parameters."""
    model = shipped_drawings(order.spec.ref)
    if model is None or model.outline.facts.fingerprint != order.facts.fingerprint:
        return None
    layer = _read_layer(order.spec.ref, order.layer)
    return layer if layer is not None and layer.answers(order, model.params) else None


@lru_cache(maxsize=1)
def _drawn_models() -> frozenset[ModelRef]:
    return frozenset(ModelRef(path.parent.name) for path in DRAWINGS.glob("*/manifest.json"))


@lru_cache(maxsize=KEPT)
def _read_model(ref: ModelRef) -> ModelDrawings | None:
    return read_drawings(ref)


@lru_cache(maxsize=LAYERS_KEPT)
def _read_layer(ref: ModelRef, name: str) -> LayerDrawings | None:
    model = _read_model(ref)
    return None if model is None else model.layer(name)
