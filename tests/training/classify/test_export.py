"""Export of classifiers: read back as the same function, with labels and a card that a program can read."""

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.training.classify.conftest import tiny
from training.classify.cards import write_card
from training.classify.config import read_config
from training.classify.export import export_classifier, exported_answer, exported_labels, trained_classifier
from training.classify.held_out import gather, reported_figures
from training.classify.measure import figures
from training.classify.pictures import find_classes, find_pictures
from training.classify.run import classification_lesson
from training.common.cards import RunFacts
from training.common.config import Card, Places
from training.common.keras_files import ExportError
from training.common.recipes import train_recipe

pytestmark = pytest.mark.models

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared"
EYE, PLACES, NAMES = np.eye(2, dtype=np.float32), np.arange(2), ["a", "b"]
PIXELS = np.random.default_rng(0).integers(0, 256, (2, 48, 48, 3)).astype(np.uint8)


def test_exported_files_give_the_same_output(data: Path, tmp_path: Path) -> None:
    config, run, folder = tiny(iterations=3), tmp_path / "run", tmp_path / "weights"
    train_recipe(classification_lesson(config, Places(data, run, data / "no-teacher")), run)
    parameters, position = export_classifier(config, data, run, folder)
    assert position.step == 3
    network, _ = trained_classifier(config, run, 3)
    expected = network(PIXELS).numpy()[:, [1, 0]]
    expected -= expected.mean(-1, keepdims=True)
    found = exported_answer(folder)(PIXELS)
    np.testing.assert_allclose(found, expected, atol=0.01 * np.abs(expected).max())
    tensors = load_file(folder / "weights.safetensors")
    assert {tensor.dtype for tensor in tensors.values()} == {np.dtype(np.float16)}
    assert sum(tensor.size for tensor in tensors.values()) == parameters
    assert exported_labels(folder) == ["blue dog", "red dog"]


def test_untrained_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no checkpoint"):
        trained_classifier(tiny(), tmp_path, 3)


def test_figures_worked_out_by_hand() -> None:
    logits = np.array([[3, 2, 1, 0], [3, 2, 1, 0], [0, 3, 2, 1], [0, 3, 2, 1]], np.float32)
    found = figures(logits, np.array([0, 1, 1, 0]), ["a", "b", "c", "d"])
    assert (found.top1, found.top3) == (0.5, 0.75)
    assert found.matrix[:2, :2].tolist() == [[1, 1], [1, 1]]
    assert found.per_class["a"] == 0.5 and np.isnan(found.per_class["c"])


def test_card_is_read_by_programs_and_people(tmp_path: Path) -> None:
    found = figures(np.eye(3, dtype=np.float32)[[0, 1, 1]], np.array([0, 1, 2]), ["a dog", "b dog", "c dog"])
    write_card(tmp_path, tiny(), RunFacts("c.toml", 1234, 3, 0.1, "2026-01-01"), found)
    card = tomllib.loads((tmp_path / "card.toml").read_text())
    assert card["labels"] == ["a dog", "b dog", "c dog"] and card["input_size"] == 48
    assert card["results"][0]["confusion_rows_truth"] == [[1, 0, 0], [0, 1, 0], [0, 1, 0]]
    assert card["results"][0]["per_class"]["c dog"] == 0
    readme = (tmp_path / "README.md").read_text()
    assert "| 3 c dog |  | 1 |  |" in readme and "Rows are the true class" in readme


def test_a_card_says_what_a_class_is_and_by_which_command_it_was_measured(tmp_path: Path) -> None:
    config = replace(tiny(), card=Card(each="digit", measured_by="python cli.py evaluate --data digits"))
    write_card(tmp_path, config, RunFacts("c.toml", 9, 3, 0.1, "2026-01-01"), figures(EYE, PLACES, NAMES))
    readme = (tmp_path / "README.md").read_text()
    assert "| digit | pictures | named rightly |" in readme and "Rows are the true digit" in readme
    assert "python cli.py evaluate --data digits" in readme and "held-out" not in readme
    card = tomllib.loads((tmp_path / "card.toml").read_text())
    assert card["results"][0]["command"] == "python cli.py evaluate --data digits"


def test_held_out_pictures_are_laid_out_as_classes(data: Path, tmp_path: Path) -> None:
    counts = gather(tiny(), data, tmp_path / "out")
    copied = [path for paths in find_classes(tmp_path / "out" / "dogs").values() for path in paths]
    assert counts == {"dogs": len(copied)}
    assert {path.stem for path in copied} == {
        sample.stem for sample in find_pictures(tiny(), data, ["report"])
    }


@pytest.mark.skipif(
    not (SHARED / "data" / "dogs").is_dir(), reason="the pictures of ../shared/data/dogs are not here"
)
@pytest.mark.parametrize("name", ["dogs-vgg", "dogs-inception"])
def test_figures_on_the_card_are_those_of_the_shipped_files(name: str) -> None:
    config, folder = (
        read_config(ROOT / "training" / "configs" / f"{name}.toml"),
        ROOT / "model_store" / "weights" / name,
    )
    if not folder.is_dir():
        pytest.skip(f"{name} is not shipped yet")
    card = tomllib.loads((folder / "card.toml").read_text())
    found = reported_figures(config, SHARED, exported_answer(folder))
    assert card["input_size"] == config.input_size
    assert card["labels"] == json.loads((folder / "labels.json").read_text())
    assert card["results"][0]["pictures"] == found.pictures
    assert card["results"][0]["top1"] == pytest.approx(found.top1, abs=0.005)
    assert card["results"][0]["top3"] == pytest.approx(found.top3, abs=0.005)
    assert np.abs(np.array(card["results"][0]["confusion_rows_truth"]) - found.matrix).sum() <= 4
