"""Toy models in a cache that holds one: each that is asked for pushes the other out."""

from dataclasses import replace

import model_store.loading.cache as cache
from engine.model import ModelFacts
from model_store.catalogue import ModelRef
from tests.compute.toy_source import LoggingSegmenter
from tests.toys import FACTS

SOURCE = f"{__name__}:EvictingSource"


class EvictingSource:
    """Counts what it loads."""

    def __init__(self) -> None:
        self.loads: list[str] = []
        self._cache = cache.ModelCache(1, self._load, lambda ref: 1)

    def facts(self, ref: ModelRef) -> ModelFacts:
        return replace(FACTS, key=str(ref), fingerprint=f"toy-{ref}")

    def get(self, ref: ModelRef) -> LoggingSegmenter:
        return self._cache.get(ref)

    def _load(self, ref: ModelRef) -> LoggingSegmenter:
        self.loads.append(str(ref))
        return LoggingSegmenter(self.facts(ref))
