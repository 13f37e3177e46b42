"""Folders become samples, and what is reported on is never trained on."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.training.segment.conftest import NAMES, tiny
from training.common.config import ConfigError
from training.segment.config import DataSource, read_config
from training.segment.sources import all_labelled, find_labelled, read_categories, read_pixels, source_part_of

ROOT = Path(__file__).parents[3]
SHARED = ROOT / "../shared"


def test_parts_of_a_plain_folder(data: Path) -> None:
    parts = {sample.stem: sample.part for sample in all_labelled(tiny(watch=True), data)}
    assert sorted(parts) == sorted(NAMES)
    assert {stem[0]: part for stem, part in parts.items()} == {"a": "train", "b": "report", "c": "select"}


def test_picture_and_label_have_the_same_pixels(data: Path) -> None:
    sample = all_labelled(tiny(), data)[0]
    assert read_pixels(sample).shape == (64, 96, 3)
    assert read_categories(sample).shape == (64, 96)


def test_cityscapes_layout(tmp_path: Path) -> None:
    for part in ("train", "test"):
        for folder, ending in (("leftImg8bit", "leftImg8bit"), ("gtFine", "gtFine_labelIds")):
            (tmp_path / folder / part / "ulm").mkdir(parents=True)
            Image.fromarray(np.full((4, 6), 26, np.uint8)).save(
                tmp_path / folder / part / "ulm" / f"ulm_0_0_{ending}.png"
            )
    samples = find_labelled(DataSource("city", "cityscapes", "."), tmp_path)
    assert len(samples) == 1  # the test part has no real labels
    assert (read_categories(samples[0]) == 7).all()


def test_whole_sequences_are_kept_aside() -> None:
    source = DataSource("idd", "idd", "x", report_share=0.3, select_share=0.2)
    parts = {
        sequence: {source_part_of(source, f"{sequence}_{frame}") for frame in range(5)}
        for sequence in range(200)
    }
    assert all(len(found) == 1 for found in parts.values())
    shares = [sum(part in found for found in parts.values()) / 200 for part in ("report", "select", "train")]
    np.testing.assert_allclose(shares, [0.3, 0.2, 0.5], atol=0.1)


def test_report_wins_over_select() -> None:
    assert source_part_of(DataSource("x", "folder", "x", report=("a*",), select=("a*",)), "ab") == "report"


def test_unknown_kind_and_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="kind 'kitti'"):
        find_labelled(DataSource("x", "kitti", "x"), tmp_path)
    with pytest.raises(ConfigError, match="no picture with a label"):
        find_labelled(DataSource("x", "folder", "x"), tmp_path)
    assert find_labelled(DataSource("x", "folder", "x", optional=True), tmp_path) == []


@pytest.mark.skipif(
    not (SHARED / "data" / "streets").exists(), reason="the street data are not on this machine"
)
@pytest.mark.parametrize("name", ["streets-unet", "streets-segformer"])
def test_no_sequence_on_the_card_is_trained_on(name: str) -> None:
    samples = all_labelled(read_config(ROOT / "training" / "configs" / f"{name}.toml"), SHARED)
    real = [sample for sample in samples if not sample.source.name.startswith("scenes")]
    sequences = {
        part: {(s.source.name, s.stem.split("_")[0]) for s in real if s.part == part}
        for part in ("train", "select", "report")
    }
    assert sequences["report"] and not sequences["report"] & (sequences["train"] | sequences["select"])
