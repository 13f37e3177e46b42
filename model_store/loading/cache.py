"""Loaded models that are kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from engine.model import LoadedModel
from model_store.base.folders import weight_file
from model_store.base.forgetting import forget
from model_store.catalogue import ModelRef, entry_of, model_facts
from model_store.loading.load import load_model

COPIES = 6
"""So often a model holds its weights when all is done with it: measured, half of it for the converted
network, half for TensorFlow's.
"""

GRAPH_BYTES = 64 * 2**20
"""What the traces of a model take besides its weights."""


def bytes_of_model(ref: ModelRef) -> int:
    """About how much memory a model takes when all is done with it that can be done; weights that ship are in
    half precision on disk.

    Raises:
        ModelError: a file is missing.
    """
    entry = entry_of(ref)
    weights = weight_file(entry).stat().st_size * (2 if entry.shipped else 1)
    return COPIES * weights + GRAPH_BYTES


@dataclass(frozen=True, eq=False)
class _Kept:
    """A model that is loaded, or on its way, and the bytes that it takes."""

    future: Future[LoadedModel]
    nbytes: int


class ModelCache:
    """Keeps the models used last.

    Two threads that ask for the same model at the same time load it once; those that ask for another one do
    not wait for it.

    Args:
        max_bytes: of all models; the one used last is kept in any case.
        load: how a model is loaded.
        weigh: how many bytes it takes; known before it is loaded, so that others make room first.
    """

    def __init__(
        self,
        max_bytes: int,
        load: Callable[[ModelRef], LoadedModel] = load_model,
        weigh: Callable[[ModelRef], int] = bytes_of_model,
    ) -> None:
        self._max_bytes = max_bytes
        self._load = load
        self._weigh = weigh
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def get(self, ref: ModelRef) -> LoadedModel:
        """The model, loaded if it is not there; changed files are noticed.

        Raises:
            ModelError: it cannot be loaded; the next call tries again.
        """
        fingerprint = model_facts(ref).fingerprint
        kept = self._kept.get(fingerprint)
        mine = None if kept else _Kept(Future(), self._weigh(ref))
        with self._lock:
            kept = self._kept.setdefault(fingerprint, mine) if mine else kept
            assert kept is not None
            self._kept[fingerprint] = kept
            self._kept.move_to_end(fingerprint)
            gone = [self._kept.popitem(last=False) for _ in range(self._too_many())]
        if gone:
            gone.clear()
            forget()
        if kept is mine:
            self._fulfil(fingerprint, ref, mine.future)
        return kept.future.result()

    def _too_many(self) -> int:
        """How many of the models that were not used for longest have to go."""
        total, count = self.nbytes, 0
        for kept in list(self._kept.values())[:-1]:
            if total <= self._max_bytes:
                break
            total, count = total - kept.nbytes, count + 1
        return count

    def _fulfil(self, fingerprint: str, ref: ModelRef, future: Future[LoadedModel]) -> None:
        try:
            future.set_result(self._load(ref))
        except BaseException as error:
            with self._lock:
                kept = self._kept.get(fingerprint)
                if kept is not None and kept.future is future:
                    del self._kept[fingerprint]
            future.set_exception(error)
        forget()  # what was only needed to load it

    @property
    def nbytes(self) -> int:
        """Bytes that the models take."""
        return sum(kept.nbytes for kept in self._kept.values())

    def __len__(self) -> int:
        """How many models are kept."""
        return len(self._kept)
