"""Loaded models that are kept in memory."""

from collections.abc import Callable
from functools import partial

from caching import LRUCache
from engine.model import LoadedModel
from model_store.base.folders import weight_file
from model_store.base.trimming import trim_memory
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
    halved = entry.shipped and entry.packaged is None
    weights = weight_file(entry).stat().st_size * (2 if halved else 1)
    return COPIES * weights + GRAPH_BYTES


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
        self._load, self._weigh = load, weigh
        self._kept: LRUCache[LoadedModel] = LRUCache(limit=lambda: max_bytes, on_evict=trim_memory)

    def get(self, ref: ModelRef) -> LoadedModel:
        """The model, loaded if it is not there; changed files are noticed.

        Raises:
            ModelError: it cannot be loaded; the next call tries again.
        """
        weigh = partial(self._weigh, ref)
        return self._kept.get(model_facts(ref).fingerprint, partial(self._loaded, ref), nbytes=weigh)

    def _loaded(self, ref: ModelRef) -> LoadedModel:
        try:
            return self._load(ref)
        finally:
            trim_memory()  # what was only needed to load it

    @property
    def nbytes(self) -> int:
        """Bytes that the models take."""
        return self._kept.nbytes

    def __len__(self) -> int:
        """How many models are kept."""
        return len(self._kept)
