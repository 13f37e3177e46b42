"""The cache of loaded models."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.errors import ModelError
from model_store import cache as cache_module
from model_store.cache import ModelCache
from model_store.catalogue import ModelRef
from tests.toys import FACTS, QuarterSegmenter

A, B, C = ModelRef("a"), ModelRef("b"), ModelRef("c")


@pytest.fixture(autouse=True)
def facts(monkeypatch):
    """A fingerprint for each key, without files."""
    from dataclasses import replace

    monkeypatch.setattr(cache_module, "model_facts", lambda ref: replace(FACTS, key=str(ref), fingerprint=f"sha of {ref}"))


class Loads:
    def __init__(self, seconds=0.0):
        self.refs, self.seconds = [], seconds

    def __call__(self, ref):
        self.refs.append(ref)
        time.sleep(self.seconds)
        return QuarterSegmenter()


def test_a_model_is_loaded_once():
    loads = Loads()
    models = ModelCache(2, loads)
    assert models.get(A) is models.get(A) and loads.refs == [A]


def test_the_models_used_last_are_kept():
    loads = Loads()
    models = ModelCache(2, loads)
    for ref in (A, B, A, C, A, B):
        models.get(ref)
    assert loads.refs == [A, B, C, B] and len(models) == 2


def test_threads_that_ask_for_the_same_model_load_it_once():
    loads = Loads(0.2)
    models = ModelCache(2, loads)
    with ThreadPoolExecutor(8) as pool:
        loaded = list(pool.map(models.get, [A] * 8))
    assert loads.refs == [A] and len({id(model) for model in loaded}) == 1


def test_another_model_does_not_wait():
    held = threading.Event()
    models = ModelCache(2, lambda ref: (held.wait(5) if ref == A else None, QuarterSegmenter())[1])
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(models.get, A)
        while len(models) == 0:
            time.sleep(0.01)
        models.get(B)
        assert not first.done()
        held.set()
        first.result(5)


def test_a_failure_is_told_to_all_and_forgotten():
    outcomes = [ModelError("broken"), QuarterSegmenter()]

    def load(ref):
        outcome = outcomes.pop(0)
        if isinstance(outcome, ModelError):
            raise outcome
        return outcome

    models = ModelCache(2, load)
    with pytest.raises(ModelError, match="broken"):
        models.get(A)
    assert len(models) == 0 and isinstance(models.get(A), QuarterSegmenter)


def test_changed_files_are_loaded_again(monkeypatch):
    from dataclasses import replace

    loads = Loads()
    models = ModelCache(2, loads)
    models.get(A)
    monkeypatch.setattr(cache_module, "model_facts", lambda ref: replace(FACTS, fingerprint="other"))
    models.get(A)
    assert loads.refs == [A, A]
