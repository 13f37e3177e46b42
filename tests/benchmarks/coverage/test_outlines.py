"""Outlines and hatching on known scores, with few maps: `python -m benchmarks --only outlines hatching`."""

import numpy as np
import pytest

from benchmarks.coverage import hatching, outlines
from engine.perturbation.estimators.kernels import WIDTHS, BlockSums, rbf


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(outlines, "MAPS", 12)
    monkeypatch.setattr(outlines, "MASKS", {"RISE": (256,), "HSIC": (192,)})
    monkeypatch.setattr(hatching, "PICTURES", 12)


@pytest.mark.slow
def test_masked_outlines_are_hardly_ever_false():
    rows = {row[:2]: row[2:] for row in outlines.masked_rows()}
    assert all(float(false) <= 0.2 for _, false, _, _ in rows.values())
    assert float(rows["RISE, 256 masks", "noise"][0]) > 0.8


def test_superpixels_without_hatching_are_hardly_ever_false(monkeypatch):
    monkeypatch.setattr(hatching, "METHODS", {"Kernel SHAP": hatching.METHODS["Kernel SHAP"]})
    for _method, _seeds, before, false, *_ in hatching.rows():
        assert float(false) <= 0.2 and float(before) >= float(false)


@pytest.mark.slow
def test_hsic_of_the_count_is_that_of_many_masks(rng):
    shown = (rng.random((3000, 64)) < 0.5).astype(np.float32)
    scores = outlines.count_score(shown.sum(axis=1).astype(np.float64))
    width = WIDTHS["distance"](scores)
    sums = BlockSums.of(np.float32(np.sqrt(2)) * shown[:, None], rbf(scores, width), np.arange(3000) % 8)
    found = (sums.hsic(np.ones(8)) - sums.by_chance()).mean()
    assert found == pytest.approx(outlines.hsic_of_count(width), rel=0.15)
