"""Metrics of a map: cases on paper, baselines, and maps that say nothing."""

import re
from pathlib import Path

import numpy as np
import pytest

from engine.errors import GradeError, ParamsError
from engine.images.picture import Picture
from engine.perturbation.designs.cells import GridCells
from engine.perturbation.run import fit_picture
from engine.targets import BorderTarget, ClassContrast, ClassTarget, ZoneTarget
from engine.trust.counts import ENDS, RANDOM, SUBSETS, common_runs, curve_runs, own_runs
from engine.trust.curves import drops_of_all
from engine.trust.evidence import GradedMap, MapEvidence
from engine.trust.metrics import METRICS
from engine.trust.pass_params import CommonParams
from engine.trust.passes import common_plan, own_plan
from engine.trust.rankings import counts_of, from_text, rankings

DOCUMENT = Path(__file__).parents[3] / "docs" / "trust.md"
GRID = 8
SIZE = (64, 64)
COMMON = CommonParams(grid=GRID)
QUARTER = np.kron(np.array([[1.0, 0.0], [0.0, 0.0]], np.float32), np.ones((4, 4), np.float32))
"""A model that looks at the upper left quarter: what each of its cells adds to the score."""


@pytest.fixture(scope="module")
def image():
    pixels = np.random.default_rng(5).integers(0, 256, (*SIZE, 3), dtype=np.uint8)
    return fit_picture(Picture(pixels, "noise.png"), SIZE)


def graded(values, zone=None) -> GradedMap:
    return GradedMap.of(np.asarray(values, np.float32), zone, GRID, SIZE)


def evidence(values, image, score, zone=None) -> MapEvidence:
    """Of a map of a model that is a function of the masks (N, cells)."""
    plan, one = common_plan(COMMON, image), graded(values, zone)
    own = own_plan(one.params(COMMON), image)
    return MapEvidence.of(one, plan, score(plan.drawn), score(own.drawn)[own.place])


def looks_at_the_quarter(masks):
    """Share of the quarter that is shown."""
    return masks @ QUARTER.ravel() / QUARTER.sum()


def grades(found: MapEvidence) -> dict:
    return {key: metric.grade(found) for key, metric in METRICS.items() if not metric.zones}


def test_a_perfect_map_of_a_linear_model_has_the_areas_on_paper(image):
    """16 of 64 cells matter. At 6, 13, 19 ... cells, 6/16, 13/16 and all of the score are gone."""
    found = grades(evidence(QUARTER + 1e-3 * np.arange(64).reshape(8, 8), image, looks_at_the_quarter))
    counts = counts_of(64)
    left = np.clip(1 - counts / 16, 0, 1)
    area = np.trapezoid(left, counts / 64)
    assert found["deletion"].value == pytest.approx(area)
    assert found["insertion"].value == pytest.approx(np.trapezoid(1 - left, counts / 64))
    assert found["aopc"].value == pytest.approx((1 - left[1:]).mean())
    assert grades(evidence(QUARTER, image, looks_at_the_quarter))["mufidelity"].value == pytest.approx(1)
    for key in ("deletion", "insertion", "aopc", "mufidelity"):
        assert found[key].percentile == 1 and set(found[key].beaten) == {"edges", "centre"}
    assert 0.7 < found["deletion"].position <= 1 and 0.7 < found["insertion"].position <= 1


def test_the_opposite_map_is_worse_than_every_random_one(image):
    found = grades(evidence(-QUARTER, image, looks_at_the_quarter))
    for key in ("deletion", "insertion", "aopc", "mufidelity"):
        assert found[key].percentile == 0 and found[key].beaten == ()
    assert found["deletion"].position < 0


@pytest.mark.slow
def test_random_maps_fall_at_the_middle(image):
    """Percentiles of 60 random maps: mean a half within three standard errors, of deletion and MuFidelity."""
    rng, places = np.random.default_rng(3), []
    for _ in range(60):
        values = rng.permuted(common_plan(COMMON, image).baselines[0])
        effects = rng.random(64)
        found = grades(evidence(values.reshape(8, 8), image, lambda masks, e=effects: masks @ e))
        places.append([found["deletion"].percentile, found["mufidelity"].percentile])
    assert (np.abs(np.mean(places, axis=0) - 0.5) < 3 / np.sqrt(12 * 60)).all()


def test_equal_cells_are_hidden_in_several_orders_and_the_spread_is_told(image):
    flat_quarter, one = evidence(QUARTER, image, looks_at_the_quarter), graded(QUARTER)
    assert len(one.ranked) == 8 == len({tuple(order) for order in one.ranked.tolist()})
    inside = set(np.flatnonzero(QUARTER.ravel()).tolist())
    assert all(set(order[:16].tolist()) == inside for order in one.ranked)
    assert METRICS["deletion"].grade(flat_quarter).spread == pytest.approx(0, abs=1e-6)  # a linear model
    corner = lambda masks: masks[:, 0] * 1.0  # noqa: E731 (one cell of the quarter decides)
    assert METRICS["deletion"].grade(evidence(QUARTER, image, corner)).spread > 0.01


def test_average_drop_and_gain_on_paper(image):
    """The quarter alone has all of the score; half of its strength, half of it."""
    sharp = grades(evidence(QUARTER, image, looks_at_the_quarter))
    assert sharp["average-drop"].value == pytest.approx(0) and sharp["average-gain"].value == 0
    faded = QUARTER * np.where(np.arange(8)[:, None] < 2, 1, 0.5)
    found = grades(evidence(faded, image, looks_at_the_quarter))
    assert found["average-drop"].value == pytest.approx(0.25, abs=2e-3)  # half of the quarter at 128/255
    rises = lambda masks: 0.6 - 0.4 * masks.mean(axis=1)  # noqa: E731 (whole 0.2, the quarter alone 0.5)
    found = grades(evidence(QUARTER, image, rises))
    assert found["average-drop"].value == 0
    assert found["average-gain"].value == pytest.approx((0.5 - 0.2) / 0.8, abs=1e-6)


def test_complexity_does_not_depend_on_the_number_of_cells_and_says_nothing_about_truth(image):
    one = grades(evidence(np.eye(64)[9].reshape(8, 8), image, looks_at_the_quarter))
    assert one["entropy"].value == 0 and one["concentration"].value == 1 / 64
    assert one["entropy"].percentile is None and one["entropy"].baselines is None
    even = grades(evidence(1 + 1e-9 * np.arange(64).reshape(8, 8), image, looks_at_the_quarter))
    assert even["entropy"].value == pytest.approx(1) and even["concentration"].value == pytest.approx(58 / 64)


def test_where_a_map_lies_relative_to_a_zone(image):
    zone = np.kron(QUARTER, np.ones((8, 8))).astype(bool)
    found = evidence(QUARTER + 0.5 * QUARTER[::-1], image, looks_at_the_quarter, zone)
    inside = {key: METRICS[key].grade(found) for key in ("pointing", "mass-inside", "top-inside")}
    assert inside["pointing"].value == 1 and inside["top-inside"].value == pytest.approx(4)
    assert inside["mass-inside"].value == pytest.approx((2 / 3) / 0.25)
    mask = METRICS["deletion"].grade(found).baselines["mask"]
    assert mask == pytest.approx(METRICS["deletion"].grade(found).value, abs=0.02)


def test_deleting_by_one_map_is_scored_under_all_targets(image):
    """Two targets that look at opposite quarters; after the 16 cells of the map, all others are equal."""
    plan, one = common_plan(COMMON, image), graded(QUARTER)
    own = own_plan(one.params(COMMON), image)
    quarters = np.stack([QUARTER.ravel(), QUARTER[::-1, ::-1].ravel()], axis=1) / 16
    common_scores, own_scores = plan.drawn @ quarters, own.drawn[own.place] @ quarters
    drops = drops_of_all(own_scores, common_scores[0], common_scores[1], len(one.ranked), 64)
    counts = counts_of(64)[1:]
    assert drops[0] == pytest.approx(np.clip(counts / 16, 0, 1).mean(), abs=1e-5)
    assert drops[1] == pytest.approx(np.clip((counts - 16) / 48, 0, 1).mean(), abs=0.05)


@pytest.mark.parametrize(
    ("values", "sentence"), [(np.ones((8, 8)), "same everywhere"), (np.full((8, 8), np.nan), "not numbers")]
)
def test_maps_that_say_nothing_get_a_sentence(values, sentence):
    with pytest.raises(GradeError, match=sentence):
        graded(values)


@pytest.mark.parametrize("values", [-1 - np.arange(64.0).reshape(8, 8), np.kron(np.eye(2), np.ones((4, 4)))])
def test_negative_and_blocky_maps_have_defined_grades(values, image):
    found = grades(evidence(values, image, looks_at_the_quarter))
    assert all(np.isfinite(grade.value) for grade in found.values())


def test_a_metric_is_asked_only_where_it_is_defined():
    mask = np.eye(2, dtype=bool)
    zone, border = ZoneTarget(0, mask), BorderTarget(ZoneTarget(0, mask))
    names = {
        (type(target).__name__, space): {
            key for key, row in METRICS.items() if row.fits(target, space, "imputed")
        }
        for target in (zone, border, ClassTarget(1), ClassContrast(1, 0))
        for space in ("probability", "logit")
    }
    assert names["ZoneTarget", "probability"] == set(METRICS)
    assert not {"average-drop", "average-gain"} & names["ZoneTarget", "logit"]
    assert not {"average-drop", "pointing"} & names["ClassContrast", "probability"]
    assert "mass-inside" in names["BorderTarget", "probability"]
    others = {key for key, row in METRICS.items() if row.fits(zone, "probability", "mean")}
    assert set(METRICS) - others == {"road"}


def test_runs_are_as_many_as_is_said_and_begin_with_the_ends(image):
    plan, own = common_plan(COMMON, image), own_plan(graded(QUARTER).params(COMMON), image)
    assert plan.runs == common_runs() == ENDS + SUBSETS + (RANDOM + 2) * curve_runs()
    assert len(own.place) == own_runs(8) == 1 + 8 * 18
    assert (plan.drawn[0] == 1).all() and (plan.drawn[1] == 0).all()
    hidden = (plan.subsets == 0).sum(axis=1)
    assert (hidden == 13).all() and isinstance(plan.cells, GridCells)


def test_masks_that_orders_of_equal_cells_share_are_run_once(image):
    """24 cells of different values: the first three steps of deletion are the same in all eight orders."""
    sparse = np.maximum(np.arange(64.0) - 39, 0).reshape(8, 8)
    own = own_plan(graded(sparse).params(COMMON), image)
    assert len(own.place) == own_runs(8)
    assert own.runs == len(np.unique(own.drawn, axis=0)) == 1 + 2 * (3 + 8 * 6)
    assert (own.place[:4] == np.arange(4)).all(), "the image seen through the map stays the first run"


@pytest.mark.parametrize("text", ["001", "001001", "x", "999000", "001 000"])
def test_rankings_of_other_cells_are_refused(text):
    with pytest.raises(ParamsError, match="no rankings of 2 cells"):
        from_text(text, 2)


def test_no_order_of_equal_cells_is_preferred():
    firsts = [rankings(np.zeros(4), 1, seed)[0, 0] for seed in range(200)]
    assert np.bincount(firsts, minlength=4).min() > 25


def test_the_document_names_every_metric_and_no_other():
    table = re.findall(r"^\| `([a-z-]+)` \|", DOCUMENT.read_text().partition("## Many maps")[0], re.MULTILINE)
    assert table == list(METRICS)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())
def test_every_row_says_what_it_is(metric):
    assert metric.title and metric.measures.endswith(".") and metric.caveats
    assert metric.better in ("higher", "lower", "") and 1990 < metric.source.year < 2030
    assert metric.source.url.startswith("https://") and metric.source.paper


def test_road_is_half_the_gap_between_both_ends_of_a_map(image):
    """16 of 64 cells matter: hidden first, all is gone from step 3 on; hidden last, nothing until step 8."""
    found = METRICS["road"].grade(evidence(QUARTER, image, looks_at_the_quarter))
    strongest = np.clip(1 - counts_of(64)[1:-1] / 16, 0, 1)
    weakest = np.clip((64 - counts_of(64)[1:-1]) / 16, 0, 1)
    assert found.value == pytest.approx((weakest - strongest).mean() / 2)
    assert found.percentile == 1 and set(found.beaten) == {"edges", "centre"}
    random = METRICS["road"].read(evidence(QUARTER, image, looks_at_the_quarter))[1:17]
    assert abs(random.mean()) < 3 * random.std() / 4
