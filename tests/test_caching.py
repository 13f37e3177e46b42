"""The LRU cache: bounds by count and by bytes, each value made once, and what values weigh."""

import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest

import caching
from caching import LRUCache, bytes_of
from engine.perturbation.methods import sobol
from engine.perturbation.methods.params import SobolParams

SOON = 10.0


@dataclass
class Kept:
    """Something of ours that holds arrays."""

    array: np.ndarray
    others: tuple[object, ...] = ()


def many(size: int) -> np.ndarray:
    """An array of so many bytes."""
    return np.zeros(size, np.uint8)


def test_the_values_used_last_are_kept():
    made, cache = [], LRUCache(2)
    for key in (1, 2, 1, 3, 1, 2):
        assert cache.get(key, lambda key=key: made.append(key) or key) == key
    assert made == [1, 2, 3, 2] and len(cache) == 2
    assert cache.find(1) == 1 and cache.find(3) is None
    nothing = LRUCache(0)
    assert [nothing.get("a", lambda: 5), nothing.keep("b", 6), len(nothing)] == [5, None, 0]


def test_what_was_not_used_for_longest_makes_room():
    cache = LRUCache(9, lambda: 100)
    first, second, third = many(50), many(50), many(51)
    for key, value in (("a", first), ("b", second), ("a", first), ("c", third)):
        cache.get(key, lambda value=value: value)
    assert len(cache) == 1 and cache.nbytes == 51
    assert cache.get("a", lambda: first) is first
    cache.keep("huge", many(300))
    cache.shrink()
    assert len(cache) == 1 and cache.nbytes == 300, "the one used last stays, however large"


def test_the_bound_is_asked_each_time():
    limit = [100]
    cache = LRUCache(limit=lambda: limit[0])
    cache.get("a", lambda: many(50)), cache.get("b", lambda: many(50))
    assert len(cache) == 2
    limit[0] = 99
    cache.shrink()
    assert cache.find("a") is None and cache.find("b") is not None


def test_values_that_grow_are_weighed_again():
    cache, growing = LRUCache(9, lambda: 100), Kept(many(1))
    cache.keep("a", growing), cache.keep("b", Kept(growing.array))
    assert cache.nbytes == 1, "what both hold counts once"
    growing.others = (many(100),)
    cache.trim()
    assert cache.find("a") is None and len(cache) == 1


def test_others_make_room_before_a_value_is_made_whose_bytes_are_known():
    cache, seen = LRUCache(limit=lambda: 5), []
    cache.get("a", lambda: "a", nbytes=lambda: 2), cache.get("b", lambda: "b", nbytes=lambda: 3)
    assert len(cache) == 2 and cache.nbytes == 5
    cache.get("c", lambda: seen.append(cache.find("a")), nbytes=lambda: 3)
    assert seen == [None] and len(cache) == 1 and cache.nbytes == 3
    cache.get("c", pytest.fail, nbytes=pytest.fail)


def test_who_makes_room_is_gone_and_told():
    gone, told = [], []
    cache = LRUCache(1, on_evict=lambda: told.append([reference() for reference in gone]))
    gone.append(weakref.ref(cache.get("a", lambda: Kept(many(1)))))
    assert gone[0]() is not None and told == []
    cache.get("b", lambda: None)
    assert told == [[None]]
    cache.clear()
    assert len(cache) == 0 and len(told) == 1


def test_threads_that_ask_for_the_same_make_it_once_and_others_do_not_wait():
    cache, began, goes_on, made = LRUCache(), threading.Event(), threading.Event(), []

    def slow():
        made.append(1)
        began.set()
        assert goes_on.wait(SOON)
        return object()

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(cache.get, "slow", slow) for _ in range(8)]
        assert began.wait(SOON) and cache.get("quick", lambda: 5) == 5
        assert cache.find("slow") is None and cache.nbytes == 0 and len(cache) == 2
        goes_on.set()
        assert len({id(future.result(SOON)) for future in asked}) == 1 and made == [1]


def test_an_error_is_for_all_who_wait_and_is_not_kept():
    cache, began, goes_on = LRUCache(), threading.Event(), threading.Event()

    def fails():
        began.set()
        assert goes_on.wait(SOON)
        return 1 // 0

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.get, "key", fails)
        assert began.wait(SOON)
        slot = cache._slots["key"]
        second = pool.submit(cache.get, "key", pytest.fail)
        while not slot.pending._condition._waiters:  # the second thread waits
            assert not second.done()
        goes_on.set()
        assert all(isinstance(future.exception(SOON), ZeroDivisionError) for future in (first, second))
    assert len(cache) == 0 and cache.get("key", lambda: 5) == 5


def test_what_is_cleared_while_it_is_made_is_not_kept():
    cache = LRUCache()
    assert cache.get("key", lambda: [cache.clear()]) == [None]
    assert len(cache) == 0


def test_another_version_takes_the_place_of_the_one_before():
    cache, made = LRUCache(), []
    for version in (1, 1, 2, 2, 1):
        cache.get("key", lambda version=version: made.append(version), version=version)
    assert made == [1, 2, 1] and len(cache) == 1


def test_tending_rests_after_weighing(monkeypatch):
    clock, weighed = iter([10.0, 10.5, 34.9, 35.1, 35.1]), []
    monkeypatch.setattr(caching, "monotonic", lambda: next(clock))
    cache = LRUCache(9)
    monkeypatch.setattr(cache, "shrink", lambda: weighed.append(1))
    cache.trim()  # took half a second: nothing for 25
    cache.trim()
    assert len(weighed) == 1
    cache.trim()
    assert len(weighed) == 2


def test_arrays_count_once_wherever_they_are():
    array = np.zeros(1000, np.float32)
    assert bytes_of(Kept(array, ({"again": array}, [np.zeros(10, np.uint8)], b"12345"))) == 4015
    assert bytes_of(iter([array]), 7, None) == 0


def test_what_is_made_later_is_weighed_too():
    plan = sobol.plan(SobolParams(grid=8, designs=32), np.zeros((8, 8, 3), np.float32))
    assert bytes_of(plan) < 1000
    plan.masks(0, 1)
    assert bytes_of(plan) >= 32 * 2 * 64 * 4
