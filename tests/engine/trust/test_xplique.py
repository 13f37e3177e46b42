"""Deletion, insertion and MuFidelity beside Xplique's: where it is right, and where it is not."""

import numpy as np
import pytest

from engine.trust.evidence import GradedMap, MapEvidence
from engine.trust.metrics import METRICS
from engine.trust.pass_params import CommonParams
from engine.trust.passes import CommonPlan, common_plan, own_plan

pytestmark = [pytest.mark.models, pytest.mark.peers]

SIDE = 10
"""Pixels, each of which is a cell: a tenth of them is ten, so both libraries step alike."""
COMMON = CommonParams(grid=SIDE, fill="black")


@pytest.fixture(scope="module")
def image():
    return np.random.default_rng(2).uniform(20, 235, (SIDE, SIDE, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def network():
    """A random classifier in which pixels interact."""
    import keras

    keras.utils.set_random_seed(4)
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Input((SIDE, SIDE, 3)),
            layers.Rescaling(1 / 64, offset=-1),
            layers.Conv2D(8, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )


def ours(values, image, model, plan: CommonPlan | None = None) -> dict[str, float]:
    """Grades of a map of class 0."""

    def score(masks):
        shown = image * masks.reshape(-1, SIDE, SIDE, 1)
        return np.asarray(model(shown))[:, 0]

    plan = plan or common_plan(COMMON, image)
    graded = GradedMap.of(values, None, SIDE, (SIDE, SIDE))
    own = own_plan(graded.params(COMMON), image)
    found = MapEvidence.of(graded, plan, score(plan.drawn), score(own.drawn)[own.place])
    return {key: METRICS[key].grade(found).value for key in ("deletion", "insertion", "mufidelity")}


def theirs(metric, values, image, model, **settings) -> float:
    from xplique import metrics

    asked = model, image[None], np.array([[1.0, 0.0, 0.0]], np.float32)
    found = getattr(metrics, metric)(*asked, baseline_mode=0.0, **settings)
    return float(found(values[None].astype(np.float32)))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_deletion_and_insertion_agree_where_no_two_cells_are_equal(image, network, seed):
    values = np.random.default_rng(seed).standard_normal((SIDE, SIDE)).astype(np.float32)
    found = ours(values, image, network)
    for metric in ("Deletion", "Insertion"):
        assert theirs(metric, values, image, network, steps=10) == pytest.approx(
            found[metric.lower()], abs=1e-5
        )


def looks_at(weights):
    """A model whose first score is a weighted mean of the brightness."""
    import keras

    first = np.repeat(weights.ravel(), 3) / 765
    table = np.stack([first, np.zeros_like(first), np.zeros_like(first)], axis=1)
    layers = [
        keras.layers.Input((SIDE, SIDE, 3)),
        keras.layers.Flatten(),
        keras.layers.Dense(3, use_bias=False),
    ]
    model = keras.Sequential(layers)
    model.layers[-1].set_weights([table])
    return model


def test_equal_cells_have_an_order_of_their_own_in_xplique(image):
    """A quarter of the map is 1 and one of its pixels alone decides: hidden among the first 25 it takes the
    score at step 1, 2 or 3. Xplique sorts once, so its answer depends on which pixel that is; ours is a mean
    over orders, and lies between.
    """
    white, quarter = np.full_like(image, 255), np.zeros((SIDE, SIDE), np.float32)
    quarter[:5, :5] = 1
    peer, mine = [], []
    for place in range(5):
        weights = np.zeros((SIDE, SIDE))
        weights[place, place] = 1
        model = looks_at(weights)
        peer.append(theirs("Deletion", quarter, white, model, steps=10))
        mine.append(ours(quarter, white, model)["deletion"])
    assert np.ptp(peer) > 0.09 and set(np.round(peer, 6)) <= {0.05, 0.15, 0.25}
    assert all(0.05 < value < 0.25 for value in mine) and np.ptp(mine) < np.ptp(peer)


def test_mufidelity_of_xplique_rewards_maps_for_how_much_is_hidden(image):
    """Every pixel of a white image adds alike, so no map can say where the score goes. Xplique hides a number
    of pixels that varies, and a positive map then foretells the drop through that number alone; ours always
    hides a fifth.
    """
    import tensorflow as tf

    white = np.full_like(image, 255)
    model = looks_at(np.ones((SIDE, SIDE)) + 1e-3 * np.random.default_rng(8).standard_normal((SIDE, SIDE)))
    values = np.random.default_rng(9).uniform(0.5, 1.5, (SIDE, SIDE)).astype(np.float32)
    tf.random.set_seed(3)
    assert theirs("MuFidelity", values, white, model, grid_size=None, nb_samples=2000) > 0.9
    assert abs(ours(values, white, model)["mufidelity"]) < 0.2


def test_mufidelity_agrees_for_a_map_whose_sum_does_not_tell_how_much_is_hidden(image, network):
    """A map of mean 0: the mean of ours over ten draws of subsets is that of 20,000 of Xplique's."""
    import tensorflow as tf

    values = np.random.default_rng(1).standard_normal((SIDE, SIDE)).astype(np.float32)
    values -= values.mean()
    draws = [
        ours(values, image, network, common_plan(CommonParams(grid=SIDE, fill="black", seed=seed), image))
        for seed in range(10)
    ]
    mine = np.array([one["mufidelity"] for one in draws])
    tf.random.set_seed(5)
    other = theirs("MuFidelity", values, image, network, grid_size=None, nb_samples=20000)
    assert mine.mean() == pytest.approx(other, abs=3 * mine.std(ddof=1) / np.sqrt(len(mine)) + 0.03)
