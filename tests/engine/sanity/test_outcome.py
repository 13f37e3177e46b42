"""Reading of the randomisation test, and the rule of the badge, on maps whose answer is known."""

import json

import numpy as np
import pytest

from engine.sanity.outcome import FAR, STAYS_FROM, Alike, SanityOutcome
from engine.sanity.reading import MapTrial, outcome_of

FULL = 3
SEEDS = range(4)


def trial(trained, make):
    """Maps of three depths and four seeds."""
    return MapTrial(
        trained, {(depth, seed): make(depth, seed) for depth in range(1, FULL + 1) for seed in SEEDS}
    )


def noise(*seed):
    return np.random.default_rng(seed).standard_normal((24, 24)).astype(np.float32)


def test_a_map_of_the_model_moves_and_an_edge_map_stays():
    moved = outcome_of("a", [trial(noise(9, 9, 9), noise)], FULL)
    assert abs(moved.left) < 0.1 and abs(moved.level.left) < 0.1 and moved.verdict == "moves"
    edges = noise(99)
    stayed = outcome_of("b", [trial(edges, lambda *_: edges)], FULL)
    assert stayed.left == stayed.level.left == pytest.approx(1) and stayed.verdict == "stays"
    assert stayed.rise == 0 and stayed.rise_spread == 0


def test_a_map_that_only_the_lowest_layers_move_stays():
    edges = noise(99)
    found = outcome_of("a", [trial(edges, lambda depth, seed: edges if depth < FULL else noise(seed))], FULL)
    assert abs(found.left) < 0.1 and found.kept == pytest.approx(2 / 3, abs=0.05)
    assert found.verdict == "stays"


def test_the_means_go_over_images_and_the_spread_over_seeds():
    base = np.arange(9, dtype=np.float32).reshape(3, 3)
    trials = [
        MapTrial(base, {(FULL, 0): base, (FULL, 1): -base}),
        MapTrial(base, {(FULL, 0): base, (FULL, 1): base}),
    ]
    found = outcome_of("a", trials, FULL)
    full = found.depths[FULL]
    assert full.ranks == pytest.approx((1 + 0) / 2) and full.sizes == pytest.approx(1)
    assert full.count == 2 and full.left == pytest.approx(1) and full.spread == 0
    assert found.level.ranks == pytest.approx((-1 + 1) / 2) and found.level.count == 1
    assert found.images == 2


def test_turned_signs_count_as_what_is_left():
    base = noise(5)
    found = outcome_of("a", [trial(base, lambda *_: -base)], FULL)
    assert found.depths[FULL].ranks == pytest.approx(-1) and found.left == pytest.approx(1)


def test_an_image_without_a_map_is_left_out():
    empty, base = np.zeros((4, 4), np.float32), noise(2)[:4, :4]
    found = outcome_of("a", [trial(empty, noise), trial(base, lambda *_: base)], FULL)
    assert (found.images, found.mute) == (1, 1) and found.left == pytest.approx(1)
    nothing = outcome_of("a", [trial(empty, noise)], FULL)
    assert nothing.verdict == "unknown" and nothing.depths == {} and np.isnan(nothing.left)


def test_where_random_networks_say_nothing_nothing_is_said():
    found = outcome_of("a", [trial(noise(7), lambda *_: np.zeros((24, 24), np.float32))], FULL)
    assert found.constant == 1 and found.left == 0 and found.verdict == "unknown"


def test_what_has_come_by_now_is_read():
    base = noise(3)
    assert outcome_of("a", [MapTrial(base, {})], FULL).verdict == "unknown"
    first = outcome_of("a", [MapTrial(base, {(FULL, 0): noise(4)})], FULL)
    assert first.level is None and first.verdict == "moves" and first.depths[FULL].spread == 0


def of(left, level, spread=0.0, kept=None):
    def alike(value, spread=0.0):
        return Alike(value, value, value, spread, 5)

    depths = {FULL: alike(left)} | ({} if kept is None else {1: alike(2 * kept - left)})
    return SanityOutcome("a", depths, FULL, alike(level, spread), 0.0, 0.0, 0.0, 1)


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (of(FAR, 0.0), "moves"),
        (of(FAR + 0.01, 0.0), "partly"),
        (of(0.4, 0.3), "partly"),
        (of(0.4, 0.3, spread=0.05), "moves"),
        (of(STAYS_FROM, 0.9), "stays"),
        (of(0.1, 0.1, kept=STAYS_FROM), "stays"),
        (of(0.1, 0.1, kept=STAYS_FROM - 0.01), "moves"),
    ],
)
def test_the_rule_of_the_badge(outcome, verdict):
    assert outcome.verdict == verdict


def test_an_outcome_survives_json():
    found = outcome_of("a", [trial(noise(9), noise)], FULL)
    again = SanityOutcome.of(json.loads(json.dumps(found.to_json())))
    assert again.verdict == found.verdict and again.left == pytest.approx(found.left, abs=1e-4)
    nothing = outcome_of("a", [trial(np.zeros((4, 4), np.float32), noise)], FULL)
    said = json.dumps(nothing.to_json(), allow_nan=False)
    assert np.isnan(SanityOutcome.of(json.loads(said)).rise)
