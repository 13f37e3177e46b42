from __future__ import annotations

import pytest

from components.frame.drafts import BACKGROUND_VARIABLE
from components.session import resources
from compute.base.store import CACHE_VARIABLE
from compute.cluster.cluster import SCHEDULER_VARIABLE
from compute.worker.sources import SOURCE_VARIABLE
from tests.pages.visits import Visit


@pytest.fixture(scope="package", autouse=True)
def toy_server(shared_cluster, tmp_path_factory):
    """The server's part in this process: toy models on the cluster that all tests share."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SOURCE_VARIABLE, "tests.pages.toy_source:PagesSource")
        patch.setenv(SCHEDULER_VARIABLE, shared_cluster.processes.address)
        patch.setenv(CACHE_VARIABLE, str(tmp_path_factory.mktemp("results")))
        patch.setenv(BACKGROUND_VARIABLE, "off")
        yield
        resources.shut_down()


@pytest.fixture
def all_models_are_here(monkeypatch):
    """The toys stand for models that are fetched on first use."""
    monkeypatch.setattr("components.jobs.predictions.offer_download", lambda entry: True)


@pytest.fixture
def visit():
    """Open a page of the app, as often as wanted."""
    return Visit
