"""The embedded cluster that all tests of a process share: its worker has every toy model."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from compute.cluster.cluster import Cluster, start_cluster
from engine.model import ModelFacts
from model_store.catalogue import CATALOGUE, ModelRef
from tests.compute.toy_source import LOG_VARIABLE, ToySource
from tests.pages.toy_source import PagesSource

SOURCE = f"{__name__}:EveryToy"


class EveryToy:
    """Under the keys of the catalogue the toys of the pages, under all others those of ``tests.compute``."""

    def facts(self, ref: ModelRef) -> ModelFacts:
        return self._source(ref).facts(ref)

    def get(self, ref: ModelRef) -> Any:
        return self._source(ref).get(ref)

    def _source(self, ref: ModelRef) -> PagesSource | ToySource:
        return PagesSource() if ref.key in CATALOGUE else ToySource()


@contextmanager
def toy_cluster(log: Path) -> Iterator[Cluster]:
    """A cluster whose worker writes a line for each batch that the toys of ``tests.compute`` run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VITRINE_MODEL_SOURCE", SOURCE)
        patch.setenv(LOG_VARIABLE, str(log))
        cluster = start_cluster(warm=ModelRef("toy"))
    yield cluster
    cluster.close()
