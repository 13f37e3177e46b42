"""Loaded models that are kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future

from engine.model import LoadedModel
from model_store.catalogue import ModelRef, model_facts
from model_store.loading import load_model


class ModelCache:
    """Keeps the models used last.

    Two threads that ask for the same model at the same time load it once; those that ask for another one do not wait for it.

    Args:
        max_models: how many are kept, at least 1.
        load: how a model is loaded.
    """

    def __init__(self, max_models: int = 2, load: Callable[[ModelRef], LoadedModel] = load_model) -> None:
        self._max_models = max(max_models, 1)
        self._load = load
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Future[LoadedModel]] = OrderedDict()

    def get(self, ref: ModelRef) -> LoadedModel:
        """The model, loaded if it is not there; changed files are noticed.

        Raises:
            ModelError: it cannot be loaded; the next call tries again.
        """
        fingerprint = model_facts(ref).fingerprint
        mine: Future[LoadedModel] = Future()
        with self._lock:
            future = self._kept.setdefault(fingerprint, mine)
            self._kept.move_to_end(fingerprint)
            while len(self._kept) > self._max_models:
                self._kept.popitem(last=False)
        if future is mine:
            self._fulfil(fingerprint, ref, mine)
        return future.result()

    def _fulfil(self, fingerprint: str, ref: ModelRef, future: Future[LoadedModel]) -> None:
        try:
            future.set_result(self._load(ref))
        except BaseException as error:
            with self._lock:
                if self._kept.get(fingerprint) is future:
                    del self._kept[fingerprint]
            future.set_exception(error)

    def __len__(self) -> int:
        """How many models are kept."""
        return len(self._kept)
