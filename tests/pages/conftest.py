from __future__ import annotations

import os

import pytest

from components.frame.drafts import BACKGROUND_VARIABLE
from components.session import resources
from compute.base.store import CACHE_VARIABLE
from compute.worker.sources import SOURCE_VARIABLE
from tests.pages.visits import Visit


@pytest.fixture(scope="package", autouse=True)
def toy_cluster(tmp_path_factory):
    """A real embedded cluster whose workers have the toy model, in place of the server's own."""
    wanted = {
        SOURCE_VARIABLE: "tests.pages.toy_source:PagesSource",
        CACHE_VARIABLE: str(tmp_path_factory.mktemp("results")),
        BACKGROUND_VARIABLE: "off",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    yield
    resources.shut_down()
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


@pytest.fixture
def all_models_are_here(monkeypatch):
    """The toys stand for models that are fetched on first use."""
    monkeypatch.setattr("components.jobs.predictions.offer_download", lambda entry: True)


@pytest.fixture
def visit():
    """Open a page of the app, as often as wanted."""
    return Visit
