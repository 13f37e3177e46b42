"""Lookup of shipped answers: what a page asks is answered before any worker is up."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from compute.shipped.answer import ShippedAnswer
from compute.shipped.files import FOLDER, path_of, read_answer
from compute.work.contract import Order, Sheet
from compute.work.perturbation import PerturbationOrder
from compute.work.predict import PredictOrder
from engine.images.picture import Picture
from model_store.catalogue import ModelRef

KEPT = 8
"""So many answers stay in memory, of about 2 MB each."""

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


_FINDERS: dict[str, Callable[[Any], Found | None]] = {
    PredictOrder.kind: _find_prediction,
    PerturbationOrder.kind: _find_scores,
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
