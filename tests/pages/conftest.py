import pytest

from components.session import resources
from compute.cluster.credentials import write_credentials
from settings import override
from tests.pages.visits import Visit


@pytest.fixture(scope="package", autouse=True)
def toy_server(shared_cluster, tmp_path_factory):
    """The server's part in this process: toy models on the cluster that all tests share."""
    keys = tmp_path_factory.mktemp("keys")
    write_credentials(shared_cluster.processes.credentials, keys)
    values = {
        "model_source": "tests.pages.toy_source:PagesSource",
        "scheduler": shared_cluster.processes.address,
        "scheduler_tls": str(keys),
        "cache": str(tmp_path_factory.mktemp("results")),
        "background": "off",
    }
    with override(**values):
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
