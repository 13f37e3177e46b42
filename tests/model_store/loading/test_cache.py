"""The cache of loaded models."""

import sys
import threading
import time
import types
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from engine.errors import ModelError
from model_store.base import runtime
from model_store.base.entries import FixedSize
from model_store.catalogue import ModelRef
from model_store.keras.network import KerasNetwork
from model_store.loading import cache as cache_module
from model_store.loading.cache import ModelCache
from model_store.network.traced_model import TracedModel
from tests.harness.waits import wait_for
from tests.toys import FACTS, QuarterSegmenter

A, B, C = ModelRef("a"), ModelRef("b"), ModelRef("c")


@pytest.fixture(autouse=True)
def facts(monkeypatch):
    """A fingerprint for each key, without files."""
    monkeypatch.setattr(
        cache_module, "model_facts", lambda ref: replace(FACTS, key=str(ref), fingerprint=f"sha of {ref}")
    )


def weigh(ref):
    """Models of one byte."""
    return 1


class Loads:
    def __init__(self, seconds=0.0):
        self.refs, self.seconds = [], seconds

    def __call__(self, ref):
        self.refs.append(ref)
        time.sleep(self.seconds)
        return QuarterSegmenter()


def test_a_model_is_loaded_once():
    loads = Loads()
    models = ModelCache(2, loads, weigh)
    assert models.get(A) is models.get(A) and loads.refs == [A]


def test_the_models_used_last_are_kept():
    loads = Loads()
    models = ModelCache(2, loads, weigh)
    for ref in (A, B, A, C, A, B):
        models.get(ref)
    assert loads.refs == [A, B, C, B] and len(models) == 2


def test_large_models_push_out_more_than_small_ones_and_one_stays():
    loads = Loads()
    models = ModelCache(5, loads, lambda ref: {A: 2, B: 3, C: 4}[ref])
    models.get(A), models.get(B)
    assert len(models) == 2 and models.nbytes == 5
    models.get(C)
    assert len(models) == 1 and models.nbytes == 4
    alone = ModelCache(1, loads, lambda ref: 100)
    assert alone.get(A) is alone.get(A)


@pytest.mark.models
def test_a_model_that_is_pushed_out_is_gone_and_the_others_go_on(monkeypatch):
    """Cycles are collected, and what Xplique and TensorFlow keep is given up."""
    tf = runtime.tensorflow()
    explainer = types.ModuleType("xplique.attributions.base")
    explainer.BlackBoxExplainer = type("BlackBoxExplainer", (), {"_cache_models": {}})
    monkeypatch.setitem(sys.modules, explainer.__name__, explainer)

    def load(ref):
        network = KerasNetwork(
            tf.keras.Sequential(
                [tf.keras.layers.Input((8, 8, 3)), tf.keras.layers.Flatten(), tf.keras.layers.Dense(2)]
            )
        )
        model = TracedModel(replace(FACTS, task="classification"), FixedSize(8, 8), network)
        explainer.BlackBoxExplainer._cache_models[ref] = model
        return model

    models, picture = ModelCache(2, load, weigh), np.full((1, 8, 8, 3), 100, np.float32)
    gone, stays = weakref.ref(models.get(A)), models.get(B)
    before = stays.score_batch(picture, "logit")
    models.get(C)
    assert gone() is None and not explainer.BlackBoxExplainer._cache_models.keys() & {A, B}
    np.testing.assert_array_equal(stays.score_batch(picture, "logit"), before)
    assert stays.input_gradients(picture, np.ones((1, 2), np.float32), "plain").any()


def test_threads_that_ask_for_the_same_model_load_it_once():
    loads = Loads(0.2)
    models = ModelCache(2, loads, weigh)
    with ThreadPoolExecutor(8) as pool:
        loaded = list(pool.map(models.get, [A] * 8))
    assert loads.refs == [A] and len({id(model) for model in loaded}) == 1


def test_another_model_does_not_wait():
    held = threading.Event()
    models = ModelCache(2, lambda ref: (held.wait(5) if ref == A else None, QuarterSegmenter())[1], weigh)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(models.get, A)
        wait_for(lambda: len(models))
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

    models = ModelCache(2, load, weigh)
    with pytest.raises(ModelError, match="broken"):
        models.get(A)
    assert len(models) == 0 and isinstance(models.get(A), QuarterSegmenter)


def test_changed_files_are_loaded_again(monkeypatch):
    loads = Loads()
    models = ModelCache(2, loads, weigh)
    models.get(A)
    monkeypatch.setattr(cache_module, "model_facts", lambda ref: replace(FACTS, fingerprint="other"))
    models.get(A)
    assert loads.refs == [A, A]
