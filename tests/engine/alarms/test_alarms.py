"""Alarms on cases that are solved on paper, and on maps that must never break a check."""

from dataclasses import replace

import numpy as np
import pytest

from engine.alarms.checks import margin_share, rank_likeness
from engine.alarms.known import KnownMap, KnownScores
from engine.alarms.table import ALARMS, LATE, raised
from engine.methods import get_method
from engine.phrase import Phrase
from engine.trust.passes import edge_strength

SLOPE = np.add.outer(np.arange(8.0), 2 * np.arange(8.0)) + 1
GOOD = KnownMap(SLOPE)
RING = np.ones((8, 8))
RING[1:-1, 1:-1] = 0


def keys(known: KnownMap) -> set[str]:
    return set(raised(known))


def scores(score, place, runs, space="probability") -> KnownScores:
    return KnownScores(score, place, np.asarray(runs, float), space)


def test_a_plain_map_raises_nothing_and_so_does_one_of_which_all_is_known_and_good():
    assert keys(GOOD) == set()
    known = KnownMap(
        SLOPE,
        edges=np.ones((16, 16)),
        zone=np.eye(8, dtype=bool),
        scores=scores(0.8, 0.8, np.linspace(0, 0.8, 64)),
        classes=np.array([0.7, 0.2, 0.1]),
        wanted=(0,),
        method=get_method("guided_backprop"),
        traits=frozenset({"relu"}),
        percentile=0.95,
        others={("fill", "black"): 0.8, ("space", "logit"): 0.6},
    )
    assert keys(known) == set()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"strength": np.full((8, 8), np.nan)}, "not-finite"),
        ({"strength": np.zeros((8, 8))}, "constant"),
        ({"strength": np.full((1, 1), 3.0)}, "constant"),
        ({"scores": scores(0.9995, 0.9995, [])}, "saturated"),
        ({"scores": scores(0.0005, 0.0005, [])}, "saturated"),
        ({"scores": scores(0.96, 0.96, np.linspace(0.87, 0.97, 32))}, "saturated"),
        ({"branch": True}, "one-branch"),
        ({"method": get_method("guided_backprop"), "traits": frozenset()}, "no-relu"),
        ({"strength": RING + 1e-6}, "margin"),
        ({"strength": RING, "zone": np.eye(8, dtype=bool)}, "margin"),
        ({"edges": SLOPE**3}, "edges"),
        ({"classes": np.array([0.9, 0.06, 0.04]), "wanted": (2,)}, "improbable"),
        ({"classes": np.array([0.34, 0.33, 0.33])}, "undecided"),
        ({"small": True}, "small-zone"),
        ({"percentile": 0.89}, "random"),
        ({"percentile": 0.04, "signed": True}, "random"),
        ({"percentile": 0.04}, "turned-round"),
        ({"others": {("fill", "black"): 0.49, ("fill", "blur"): 0.9}}, "fill"),
        ({"others": {("space", "logit"): -0.2}}, "scale"),
    ],
)
def test_each_alarm_is_raised_where_it_should_be_and_alone(change, key):
    found = raised(replace(GOOD, **change))
    assert set(found) == {key}
    said = found[key]
    assert isinstance(said, Phrase) and said.endswith(".") and "{" not in said


@pytest.mark.parametrize(
    "change",
    [
        {"strength": np.zeros((8, 8)), "told": True},
        {"scores": scores(6.0, 0.9999, [6.0] * 40, "logit")},
        {"scores": scores(0.96, 0.96, np.linspace(0.4, 0.97, 32))},
        {"scores": scores(0.5, 0.5, np.full(32, 0.5))},
        {"strength": np.ones((8, 8)) + SLOPE / 100},
        {"strength": RING, "zone": RING.astype(bool)},
        {"strength": SLOPE[:5, :5], "edges": SLOPE},
        {"classes": np.array([0.3, 0.66, 0.04]), "wanted": (0,)},
        {"classes": np.array([0.4, 0.56, 0.042]), "wanted": (0,)},
        {"classes": np.array([0.5, 0.5])},
        {"method": get_method("gradcam"), "traits": frozenset()},
        {"percentile": 0.9},
        {"others": {("fill", "black"): 0.5}},
    ],
)
def test_no_alarm_is_raised_just_before(change):
    assert keys(replace(GOOD, **change)) == set()


@pytest.mark.parametrize(
    "strength",
    [
        np.zeros((1, 1)),
        np.full((3, 200), np.nan),
        np.full((8, 8), np.inf),
        np.kron(np.eye(2), np.ones((4, 4))),
        np.full((224, 224), 1e-30),
        np.ones((1, 40)),
    ],
    ids=["one", "nan", "infinite", "blocky", "tiny", "row"],
)
def test_no_map_breaks_a_check(strength):
    known = replace(GOOD, strength=strength, edges=SLOPE, zone=np.eye(5, dtype=bool))
    assert keys(known) <= {"not-finite", "constant", "margin"}


def test_the_share_in_the_margin_is_that_on_paper():
    assert margin_share(np.ones((8, 8))) == pytest.approx(28 / 64)
    assert margin_share(np.ones((3, 5))) == pytest.approx(28 / 64)
    assert margin_share(RING) == 1 and margin_share(1 - RING) == 0 and margin_share(np.zeros((4, 4))) == 0


def test_agreement_is_spearmans_on_the_coarser_grid_and_zero_where_nothing_is_told():
    fine = np.kron(SLOPE, np.ones((4, 4)))
    assert rank_likeness(SLOPE, fine) == pytest.approx(1) and rank_likeness(SLOPE, -fine) == pytest.approx(-1)
    assert rank_likeness(SLOPE, np.ones((9, 9))) == 0
    rng = np.random.default_rng(0)
    values = [rank_likeness(*rng.standard_normal((2, 8, 8))) for _ in range(200)]
    assert abs(np.mean(values)) < 0.03 and 0.1 < np.std(values) < 0.16


def test_a_map_of_an_images_own_edges_is_found_out():
    rng = np.random.default_rng(1)
    image = np.repeat(rng.integers(0, 256, (8, 8, 1)), 3, axis=2).astype(np.float32)
    image = np.kron(image, np.ones((8, 8, 1)))
    edges = edge_strength(image)
    assert keys(KnownMap(edges, edges=edges)) == {"edges"}
    assert keys(KnownMap(edges.max() - edges, edges=edges)) == set()


def test_keys_are_told_apart_and_the_late_ones_are_among_them():
    named = [alarm.key for alarm in ALARMS]
    assert len(set(named)) == len(named) and set(LATE) <= set(named)
