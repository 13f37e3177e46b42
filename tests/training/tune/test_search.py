"""A tiny search from start to end: its model is read back and answers for the pictures it was made for."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.training.tune.conftest import tiny
from training.classify.pictures import read_rgb, squared
from training.tune.report import SearchResult
from training.tune.search import LABELS, MODEL, search_and_write


@pytest.fixture(scope="module")
def done(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SearchResult]:
    out = tmp_path_factory.mktemp("tuned")
    return out, search_and_write(tiny(folder, out))


def test_model_is_read_back_as_the_same_function(done: tuple[Path, SearchResult], folder: Path) -> None:
    out, outcome = done
    model = keras.saving.load_model(out / MODEL, safe_mode=True)
    pixels = squared(read_rgb(next((folder / "red_thing").iterdir())), 32)[None].astype(np.float32)
    answer = model(pixels).numpy()
    np.testing.assert_allclose(answer, outcome.core(pixels).numpy(), atol=1e-5)
    assert answer.shape == (1, 2) and answer.sum() == pytest.approx(1, abs=1e-5)
    assert not [layer for layer in model.layers if layer.name.startswith(("random", "augmentation"))]


def test_labels_are_in_the_order_of_the_outputs(done: tuple[Path, SearchResult]) -> None:
    assert json.loads((done[0] / LABELS).read_text()) == ["blue thing", "red thing"]


def test_search_covers_head_and_rate(done: tuple[Path, SearchResult]) -> None:
    assert set(done[1].best) == {"units", "dropout", "l1", "l2", "learning_rate"}
    losses = [loss for _, loss in done[1].trials]
    assert losses and losses == sorted(losses)


def test_report_and_logs_are_written(done: tuple[Path, SearchResult]) -> None:
    out, outcome = done
    report = (out / "report.md").read_text()
    assert "12 pictures learnt from, 4 to validate on" in report and "learning_rate" in report
    assert (out / "history.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((out / "history.json").read_text()) == outcome.history
    assert list((out / "logs" / "final").rglob("events*"))
