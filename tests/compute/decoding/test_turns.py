"""Turns: never more than a few, those who have had the least first, and nobody waits for ever."""

import threading

import pytest

from compute.decoding.turns import Gone, Turns
from tests.harness.waits import wait_for


def test_who_has_had_least_comes_first_and_never_more_than_so_many():
    turns, order, running, most = Turns(lambda: 2), [], [], []
    go, lock = threading.Event(), threading.Lock()

    def take(name: str, had: float) -> None:
        with turns.taken(had, lambda: True):
            with lock:
                order.append(name)
                running.append(name)
                most.append(len(running))
            go.wait(30)
            with lock:
                running.remove(name)

    guests = [("first", 5.0), ("second", 5.0), ("greedy", 9.0), ("modest", 1.0), ("usual", 3.0)]
    threads = [threading.Thread(target=take, args=guest) for guest in guests]
    for number, thread in enumerate(threads, 1):
        thread.start()
        wait_for(lambda number=number: len(turns._waiting) + len(order) == number)
    go.set()
    for thread in threads:
        thread.join(30)
    assert set(order[:2]) == {"first", "second"} and order[2:] in (
        ["modest", "usual", "greedy"],
        ["usual", "modest", "greedy"],  # two are taken at the same moment
    )
    assert max(most) == 2 and not turns._waiting and turns._running == 0


def test_who_is_gone_leaves_the_queue():
    turns = Turns(lambda: 1)
    with turns.taken(0.0, lambda: True):
        with pytest.raises(Gone), turns.taken(0.0, lambda: False):
            pytest.fail("taken")
        assert not turns._waiting
    with turns.taken(0.0, lambda: False):  # nobody waits who need not
        assert turns._running == 1
