"""Offsets on logits: a bias that was put in is found and taken out again."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model_store.base.label_maps import CATEGORY_NAMES
from tests.training.segment.conftest import tiny
from training.segment.balance import best_offsets, collect_scores, mean_iou
from training.segment.export import export_segmenter, exported_logits

pytestmark = pytest.mark.models

HUMAN = CATEGORY_NAMES.index("human")
PIXELS = np.random.default_rng(1).integers(0, 256, (64, 64, 3)).astype(np.uint8)


def test_a_category_that_is_found_too_often_is_held_back() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(1, 8, 4000).astype(np.uint8)
    scores = (2 * np.eye(8)[truth] + rng.normal(0, 0.5, (4000, 8))).astype(np.float32)
    scores[:, HUMAN] += 1.5
    offsets = best_offsets(scores, truth, ("human", "object"))
    assert offsets["human"] == pytest.approx(-1.5, abs=0.5) and abs(offsets["object"]) <= 0.5
    moved = np.array([offsets.get(name, 0.0) for name in CATEGORY_NAMES], np.float32)
    assert mean_iou(scores, truth, moved) > mean_iou(scores, truth, np.zeros(8, np.float32)) + 0.02


def test_pixels_are_collected_with_their_truth(data: Path) -> None:
    from training.segment.sources import all_labelled

    samples = all_labelled(tiny(), data, ["report"])
    scores, truth = collect_scores(
        lambda pixels: np.zeros((pixels.shape[0] // 4, pixels.shape[1] // 4, 8), np.float32), samples
    )
    assert scores.shape == (truth.size, 8) and truth.size > 0


@pytest.mark.parametrize("kind", ["unet", "segformer"])
def test_exported_logits_are_moved_by_the_offsets(
    trained: Callable[[str], Path], tmp_path: Path, kind: str
) -> None:
    config, run, answers = tiny(kind), trained(kind), []
    for name, offsets in (("plain", {}), ("moved", {"human": -1.0})):
        moved = replace(config, balance=offsets)
        export_segmenter(moved, run, tmp_path / name)
        answers.append(exported_logits(moved, tmp_path / name)(PIXELS))
    difference = (answers[1] - answers[0]).mean(axis=(0, 1))
    np.testing.assert_allclose(difference, -1.0 * (np.arange(8) == HUMAN), atol=0.02)
