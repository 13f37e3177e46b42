"""Privacy of one person's images: nothing that another sees, and, at a private queue, nothing at all."""

import gc
import threading
import weakref
from dataclasses import replace

import dask
import pytest

from compute.base.prepared import _prepared
from engine.images.picture import Picture
from tests.compute.conftest import RUNS, ask, toy_spec, wait_done, wait_for


def count_prepared() -> int:
    return len(_prepared)


def prepared_in_workers(cluster) -> int:
    return sum(cluster.client().run(count_prepared).values())


def spills() -> tuple[object, object]:
    return tuple(dask.config.get(f"distributed.worker.memory.{share}") for share in ("target", "spill"))


def test_workers_write_nothing_that_they_hold_to_disk(cluster):
    cluster.client().wait_for_workers(1, timeout=60)
    assert set(cluster.client().run(spills).values()) == {(False, False)}


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr("compute.cluster.forgetting.LINGER_SECONDS", 0.0)


@pytest.mark.usefixtures("at_once")
def test_a_private_desk_keeps_nothing_shares_nothing_and_workers_forget(queue, asked, store, batch_log):
    room = queue.private()
    mine, theirs = room.start(asked), queue.start(asked)
    assert mine._execution is not theirs._execution and mine._execution.key != theirs._execution.key
    wait_done(mine)
    wait_done(theirs)
    assert batch_log.runs(asked.spec) == 2 * RUNS  # each of them ran all of it
    wait_for(lambda: len(store.sizes()) == 1)
    assert prepared_in_workers(queue.cluster)
    queue.forget({asked.picture.sha256})
    wait_for(lambda: not store.sizes())
    wait_done(room.start(asked))
    assert not store.sizes()
    idle = threading.Event()
    queue._collector.post(idle.set)  # behind what it was given to prepare
    assert idle.wait(60)
    left = [weakref.ref(thing) for thing in (mine._execution, room)]
    del mine, room
    gc.collect()
    wait_for(lambda: not any(reference() for reference in left))
    wait_for(lambda: prepared_in_workers(queue.cluster) == 0)
    wait_for(lambda: count_prepared() == 0)


@pytest.fixture
def quick(picture):
    return ask(toy_spec("toy"), picture)


def test_whoever_shares_a_pass_sees_the_own_name_of_the_picture(queue, quick):
    other = Picture(quick.picture.pixels, "of another person.png")
    theirs = queue.start(replace(quick, picture=other))
    mine = queue.start(quick)
    assert mine._execution is theirs._execution
    wait_done(mine)
    assert [job.view.explain(0).provenance.picture for job in (mine, theirs)] == ["noise.png", other.name]


def test_what_the_store_has_names_no_picture(queue, quick, store):
    wait_done(queue.start(quick))
    wait_for(store.sizes)
    entry = store.folder / next(iter(store.sizes()))
    assert "noise" not in (entry / "manifest.json").read_text()
    assert quick.picture.pixels[:8].tobytes() not in (entry / "arrays.npz").read_bytes()
