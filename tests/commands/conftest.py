from __future__ import annotations

import pytest

from compute.worker.sources import SOURCE_VARIABLE
from tests import sides


@pytest.fixture
def side_model(monkeypatch):
    """Key of a model that is the classifier of ``tests.sides``."""
    monkeypatch.setenv(SOURCE_VARIABLE, sides.SOURCE)
    return "streets-unet"
