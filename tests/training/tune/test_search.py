"""A tiny search from start to end: its model is read back and answers for the pictures it was made for."""

import json
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from experiments.columns import read_image_figures
from experiments.folders import list_runs, read_experiment
from experiments.process import express_wish
from tests.training.tune.conftest import tiny
from training.classify.pictures import read_rgb, squared
from training.tune import search
from training.tune.pictures import HeldOut, image_name, read_split
from training.tune.search import LABELS, MODEL, SearchResult, priced, search_and_write
from training.tune.settings import TuneError

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def done(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SearchResult]:
    out = tmp_path_factory.mktemp("tuned")
    outcome = search_and_write(tiny(folder, out))
    assert outcome is not None
    return out, outcome


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


def test_curves_and_logs_are_written(done: tuple[Path, SearchResult]) -> None:
    out, outcome = done
    assert outcome.history.keys() >= {"loss", "val_loss", "val_accuracy"}
    assert list((out / "logs" / "final").rglob("events*"))


def test_the_winner_is_tested_once_and_its_row_says_so(done: tuple[Path, SearchResult]) -> None:
    out, outcome = done
    row = read_experiment(out)
    figure, chosen = row.figures["accuracy"], row.figures["validation accuracy"]
    assert (row.kind, row.state, row.model) == ("tune", "finished", MODEL)
    assert (figure.part, figure.count, figure.chosen) == ("test", 4, False) and figure.has_interval
    assert (chosen.part, chosen.count, chosen.chosen) == ("validation", 4, True)
    assert row.speed is not None and row.speed.one_ms > 0 and row.nbytes == (out / MODEL).stat().st_size
    images = read_image_figures(out)
    assert images is not None and np.mean(list(images.values.values())) == pytest.approx(figure.value)
    assert row.settings["units"] == outcome.best["units"] and row.processor_seconds > 0
    assert set(row.splits) == {"train", "validation", "test"} and len(set(row.splits.values())) == 3


def test_trials_are_rows_that_never_saw_the_test_part(done: tuple[Path, SearchResult]) -> None:
    out, outcome = done
    trials = [run.experiment for run in list_runs(out)]
    assert len(trials) == len(outcome.trials) > 0
    for trial in trials:
        assert trial is not None and trial.parent == out.name.replace("_", "-").lower()
        assert trial.state == "finished" and trial.figures["accuracy"].part == "validation"
        assert trial.figures["accuracy"].chosen == (dict(trial.settings) == outcome.best)
        assert "test" not in trial.splits and "learning_rate" in trial.settings


def test_nothing_is_read_of_the_test_part_before_the_end_and_then_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def counted(path: Path) -> Image.Image:
        read.append(image_name(path))
        return read_rgb(path)

    monkeypatch.setattr("training.tune.pictures.read_rgb", counted)
    settings = replace(tiny(folder, tmp_path / "counted"), search="random", trials=2, epochs=1)
    search_and_write(settings)
    names = read_split(settings).test.names
    assert sorted(name for name in read if name in names) == sorted(names), "each is read once"
    assert set(read[-len(names) :]) == set(names), "after all others"


def test_the_test_part_is_taken_once() -> None:
    part = HeldOut([(Path("a.png"), 0)])
    assert part.take() == [(Path("a.png"), 0)]
    with pytest.raises(TuneError, match="already"):
        part.take()


@pytest.mark.parametrize("kind", ["bayesian", "none"])
def test_other_searches(kind: str, folder: Path, tmp_path: Path) -> None:
    settings = replace(tiny(folder, tmp_path / kind), search=kind, trials=1, epochs=1)
    outcome = search_and_write(settings)
    assert outcome is not None and len(outcome.trials) == (kind == "bayesian")
    assert read_experiment(settings.out).kind == ("classify" if kind == "none" else "tune")


class Tired(keras.callbacks.Callback):
    """Somebody who wishes a pause in the second trial, once."""

    def __init__(self, out: Path) -> None:
        super().__init__()
        self.out = out

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        if (self.out / "trial-002").is_dir() and not (self.out / "told").exists():
            (self.out / "told").touch()
            express_wish(self.out, "pause")

    def __deepcopy__(self, memo: object) -> "Tired":
        return Tired(self.out)


def test_a_search_that_was_paused_goes_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(tiny(folder, tmp_path / "paused"), search="random", trials=3, epochs=1)
    usual = search._callbacks
    monkeypatch.setattr(search, "_callbacks", lambda *words: [*usual(*words), Tired(settings.out)])
    assert search_and_write(settings) is None
    assert read_experiment(settings.out).state == "paused" and not (settings.out / MODEL).exists()
    states = {run.key: run.experiment.state for run in list_runs(settings.out) if run.experiment}
    assert states == {"trial-001": "finished", "trial-002": "paused"}
    outcome = search_and_write(settings)
    assert outcome is not None and read_experiment(settings.out).state == "finished"
    assert len(list_runs(settings.out)) == 3


def test_the_price_is_told_first(folder: Path, tmp_path: Path) -> None:
    settings = replace(tiny(folder, tmp_path / "priced"), search="random", trials=2)
    row = priced(settings)
    assert read_experiment(settings.out).state == "waiting" and settings.most_epochs == 6
    price = float(row.settings["seconds per image"]) * 8 * 6
    assert float(row.settings["price in seconds"]) == pytest.approx(price, abs=1)
    assert replace(settings, search="hyperband", epochs=9, factor=3).most_epochs == 9 * 9 + 9


def test_a_list_of_images_has_parts_of_its_own(folder: Path, tmp_path: Path) -> None:
    files = sorted(folder.rglob("*.*"))
    items = [[str(path), int("red" in path.name), ("train", "test")[path.stem[-1] in "01"]] for path in files]
    place = tmp_path / "items.json"
    place.write_text(json.dumps({"labels": ["blue", "red"], "items": items}))
    found = read_split(replace(tiny(folder, tmp_path), data=place))
    assert found.labels == ["blue", "red"] and {name[-5] for name in found.test.names} == {"0", "1"}
    assert len(found.test) == 4 and len(found.validation) == 2 and len(found.train) == 10
    assert all(("red" in path.name) == bool(label) for path, label in found.train + found.validation)
    place.write_text('{"labels": 3}')
    with pytest.raises(TuneError, match="no.* list"):
        read_split(replace(tiny(folder, tmp_path), data=place))
