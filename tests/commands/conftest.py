import pytest
from typer.testing import CliRunner

from cli import app
from tests import sides


@pytest.fixture
def side_model(monkeypatch):
    """Key of a model that is the classifier of ``tests.sides``."""
    monkeypatch.setenv("VITRINE_MODEL_SOURCE", sides.SOURCE)
    return "streets-unet"


def run(*words: object) -> str:
    """What a command prints."""
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout
