"""Where models come from: the catalogue, or whatever ``VITRINE_MODEL_SOURCE`` names.

The server asks a source for facts, which is light; only workers ask it for models.
"""

from functools import lru_cache
from importlib import import_module
from typing import Any, Protocol, cast

from engine.model import LoadedModel, ModelFacts
from model_store.catalogue import ModelRef, model_facts
from settings import MEGABYTE, settings


class ModelSource(Protocol):
    """Knows models by their reference."""

    def facts(self, ref: ModelRef) -> ModelFacts:
        """What is known of a model without loading it."""
        ...

    def get(self, ref: ModelRef) -> LoadedModel:
        """The model in memory, loaded once."""
        ...


class CatalogueSource:
    """The models of the catalogue, with a bound on the memory that they take.

    Of those with random weights only the last one is kept: they must not drive out what people use.
    """

    def __init__(self) -> None:
        self._caches: dict[bool, Any] = {}

    def facts(self, ref: ModelRef) -> ModelFacts:
        return model_facts(ref)

    def get(self, ref: ModelRef) -> LoadedModel:
        randomised = ref.randomised is not None
        if randomised not in self._caches:
            limit = 0 if randomised else settings().limit_models * MEGABYTE
            self._caches[randomised] = import_module("model_store.loading.cache").ModelCache(limit)
        return cast(LoadedModel, self._caches[randomised].get(ref))


@lru_cache(maxsize=4)
def _make(path: str) -> ModelSource:
    module, _, name = path.partition(":")
    return cast(ModelSource, getattr(import_module(module), name)())


def model_source() -> ModelSource:
    """The source of this process."""
    return _make(settings().model_source or f"{__name__}:{CatalogueSource.__name__}")
