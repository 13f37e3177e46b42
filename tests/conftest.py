from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.images.picture import Picture
from model_store.base import runtime
from tests.harness.marks import HEAVY, add_marks, guard, is_heavy_file, is_light, loaded_frameworks
from tests.harness.shares import place_of, scheduler

if TYPE_CHECKING:
    from compute.cluster.cluster import Cluster


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--light", action="store_true", help="only tests with none of the heavy marks, guarded")


def pytest_configure(config: pytest.Config) -> None:
    runtime.set_environment()
    for name, meaning in HEAVY.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if config.option.light and is_heavy_file(collection_path) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        add_marks(item)
    if config.option.light:
        heavy = [item for item in items if not is_light(item)]
        config.hook.pytest_deselected(items=heavy)
        items[:] = filter(is_light, items)
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: place_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return scheduler(config, log) if config.option.dist == "loadscope" else None


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.option.light and loaded_frameworks():
        raise pytest.UsageError(f"A module of tests without a mark imports {', '.join(loaded_frameworks())}.")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    if item.config.option.light:
        guard.begin()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    result = yield
    guard.end()
    return result


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def picture(rng: np.random.Generator) -> Picture:
    """A small noisy picture, 48 x 64."""
    return Picture(rng.integers(0, 256, (48, 64, 3), dtype=np.uint8), "noise.png")


@pytest.fixture(scope="session")
def toy_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """File with a line for each batch that toy models ran, in whatever process."""
    path = tmp_path_factory.mktemp("log") / "batches.txt"
    path.touch()
    return path


@pytest.fixture(scope="session")
def shared_cluster(toy_log: Path) -> Iterator[Cluster]:
    """A real embedded cluster with toy models, started once for all tests of this process."""
    from tests.clusters import toy_cluster

    with toy_cluster(toy_log) as cluster:
        yield cluster


@pytest.fixture(scope="session", autouse=True)
def _tensorflow_runs_models() -> None:
    """Converting a network takes seconds, which only the tests of it are to pay; those ask for it."""
    os.environ.setdefault("VITRINE_BACKEND", "tensorflow")


@pytest.fixture(scope="session", autouse=True)
def _garbage_is_collected_rarely() -> None:
    """Tracing networks makes objects by the hundred thousand, few of them garbage: looking for it so often
    takes long.
    """
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="module", autouse=True)
def _old_objects_are_left_alone() -> None:
    """What earlier modules have left, TensorFlow for the most part, is not looked at again by any
    collection.
    """
    gc.collect()
    gc.freeze()
