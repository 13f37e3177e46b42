"""The figures on the model cards are what `evaluate` gives."""

import tomllib
from pathlib import Path

import pytest

from commands.data.evaluate_masks import evaluate_folder
from model_store.base.folders import WEIGHTS
from training.segment.config import read_config
from training.segment.held_out import gather

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared"
TOLERANCE = 0.002


@pytest.mark.models
@pytest.mark.skipif(
    not (SHARED / "data" / "streets").is_dir(),
    reason="needs CamVid in ../shared, which is not part of the project",
)
@pytest.mark.parametrize("key", ["streets-unet", "streets-segformer"])
def test_the_card_reports_what_evaluate_gives(key, tmp_path):
    card = tomllib.loads((WEIGHTS / key / "card.toml").read_text())["results"][0]
    gather(read_config(ROOT / "training" / "configs" / f"{key}.toml"), SHARED, tmp_path)
    folder = tmp_path / "camvid"
    found = evaluate_folder(key, folder / "images", folder / "labels", "camvid")
    assert found["pictures"] == card["pictures"] > 50
    assert found["mean_iou"] == pytest.approx(card["mean_iou"], abs=TOLERANCE)
    assert found["pixel_accuracy"] == pytest.approx(card["pixel_accuracy"], abs=TOLERANCE)
    for measure in ("iou", "dice"):
        assert found[measure] == pytest.approx(card[measure], abs=2 * TOLERANCE)
