"""Export of segmentation networks: read back as the same function, with a card that a program can read."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.training.segment.conftest import tiny
from training.common.cards import RunFacts
from training.common.keras_files import ExportError, halved
from training.segment.cards import write_card
from training.segment.export import export_segmenter, exported_logits, trained_network
from training.segment.held_out import gather, results

pytestmark = pytest.mark.models

PIXELS = np.random.default_rng(0).integers(0, 256, (64, 96, 3)).astype(np.uint8)


@pytest.mark.parametrize("kind", ["unet", "segformer"])
def test_exported_files_give_the_same_output(
    trained: Callable[[str], Path], tmp_path: Path, kind: str
) -> None:
    config, run, folder = tiny(kind), trained(kind), tmp_path / "weights"
    parameters, position = export_segmenter(config, run, folder)
    assert position.step == 3
    network, _ = trained_network(config, run)
    expected = network(PIXELS[None]).numpy()[0]
    np.testing.assert_allclose(
        exported_logits(config, folder)(PIXELS), expected, atol=0.01 * np.abs(expected).max()
    )
    tensors = load_file(next(folder.glob("*.safetensors")))
    assert {tensor.dtype for tensor in tensors.values()} == {np.dtype(np.float16)}
    assert sum(tensor.size for tensor in tensors.values()) == parameters
    if kind == "segformer":
        assert json.loads((folder / "config.json").read_text())["id2label"]["5"] == "sky"
        assert json.loads((folder / "preprocessor_config.json").read_text())[
            "rescale_factor"
        ] == pytest.approx(1 / 255)


def test_untrained_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no checkpoint"):
        trained_network(tiny(), tmp_path)


def test_values_beyond_half_precision_are_refused() -> None:
    with pytest.raises(ExportError, match="float16"):
        halved(np.array([1e6], np.float32), "kernel")


def test_card_is_read_by_programs(data: Path, tmp_path: Path) -> None:
    found = results(
        tiny(), data, lambda pixels: np.zeros((pixels.shape[0] // 4, pixels.shape[1] // 4, 8), np.float32)
    )
    write_card(tmp_path, tiny(), RunFacts("c.toml", 1234, 3, 0.1, "2026-01-01"), found)
    card = tomllib.loads((tmp_path / "card.toml").read_text())
    assert card["parameters"] == 1234 and card["labels"][7] == "vehicle"
    result = card["results"][0]
    assert result["pictures"] == 2 and set(result["iou"]) == set(result["dice"]) == set(card["labels"]) - {
        "void"
    }
    assert "1,234 parameters" in (tmp_path / "README.md").read_text()


def test_held_out_pictures_are_laid_out(data: Path, tmp_path: Path) -> None:
    assert gather(tiny(), data, tmp_path / "out") == {"tiny": 2}
    assert sorted(path.stem for path in (tmp_path / "out" / "tiny" / "images").iterdir()) == [
        "b_000",
        "b_001",
    ]
    assert sorted(path.name for path in (tmp_path / "out" / "tiny" / "labels").iterdir()) == [
        "b_000.png",
        "b_001.png",
    ]
