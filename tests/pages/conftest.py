from __future__ import annotations

import pytest

from components.session import resources
from settings import override
from tests.pages.visits import Visit


@pytest.fixture(scope="package", autouse=True)
def toy_cluster(tmp_path_factory):
    """A real embedded cluster whose workers have the toy model, in place of the server's own."""
    results = str(tmp_path_factory.mktemp("results"))
    with override(model_source="tests.pages.toy_source:PagesSource", cache=results, background="off"):
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
