import pytest

from tests import sides


@pytest.fixture
def side_model(monkeypatch):
    """Key of a model that is the classifier of ``tests.sides``."""
    monkeypatch.setenv("VITRINE_MODEL_SOURCE", sides.SOURCE)
    return "streets-unet"
