"""Stability of maps of a toy model that looks at the top left quarter of an image."""

from dataclasses import replace

import numpy as np
import pytest

from compute.run.runners import LocalRunner, predict_with
from compute.trust.stability import BALL_SEEDS, SEEDS, StabilityRequest, kept_target
from compute.work.kinds import orders_of
from compute.work.maps import MapRequest
from engine.errors import TargetError
from engine.images.picture import Picture
from engine.methods import METHODS
from engine.stability.changes import CHANGES, IN_BALL
from engine.zones import list_zones
from model_store.catalogue import ModelRef
from tests.compute.conftest import predict_here

RUNNER = LocalRunner()


@pytest.fixture
def bright() -> Picture:
    """Bright where the model looks, dark elsewhere: flipped, it is another class."""
    pixels = np.full((64, 64, 3), 30, np.uint8)
    pixels[:32, :32] = 150 + np.add.outer(np.arange(32), np.arange(32))[..., None]
    return Picture(pixels, "bright corner")


def asked_of(picture: Picture, method: str = "occlusion", **params) -> StabilityRequest:
    ref, row = ModelRef("toy"), METHODS[method]
    prediction = predict_here("toy", picture)
    return StabilityRequest(MapRequest(ref, row, row.params(**params), prediction, picture, (0,)))


def run(asked: StabilityRequest):
    request = asked.request
    (order,) = orders_of(request)
    explanation = RUNNER.run(order).explain(0)
    followed = asked.followed([predict_with(RUNNER, request.ref, image.picture) for image in asked.images])
    views = [None if one.order is None else RUNNER.run(one.order) for one in followed]
    return followed, asked.stability(explanation, followed, views)


@pytest.mark.slow
def test_what_does_not_keep_the_prediction_is_listed_and_not_counted(bright):
    asked = asked_of(bright, positions=8)
    followed, found = run(asked)
    assert len(followed) == len(CHANGES) - 1 + SEEDS + BALL_SEEDS
    lost = [one for one in found.followed if one.likeness is None]
    assert [one.change for one in lost] == ["flip"] and "not the same" in lost[0].why
    assert found.of("flip") is None
    assert found.mean is not None and found.mean.rank > 0.5 and found.mean.top > 0.5
    assert 0 < found.max_sensitivity < 0.5
    assert asked.price.runs >= 64 * len(followed)


def test_changed_images_have_digests_of_their_own_and_repeat(bright):
    asked = asked_of(bright)
    digests = [image.picture.sha256 for image in asked.images]
    assert len(set(digests)) == len(digests) and bright.sha256 not in digests
    again = StabilityRequest(asked.request)
    assert digests == [image.picture.sha256 for image in again.images]
    assert sum(image.change == IN_BALL for image in asked.images) == BALL_SEEDS


def test_a_zone_is_kept_where_it_is_laid_back_and_overlaps_enough(bright):
    before = predict_here("toy", bright)

    def with_zone(left: int, right: int):
        probabilities = np.zeros((16, 16, 2), np.float32)
        probabilities[..., 0] = 1
        probabilities[4:12, left:right] = (0, 1)
        zones = list_zones(probabilities, ("dark", "bright"))
        return replace(before, zones=zones, output_shape=probabilities.shape), zones

    first, zones = with_zone(0, 10)
    (place,) = (number for number, zone in enumerate(zones.zones) if zone.class_index == 1)
    same, other = CHANGES["noise"], CHANGES["flip"]
    assert kept_target(first, with_zone(0, 9)[0], place, same) == place
    with pytest.raises(TargetError, match="not the same"):
        kept_target(first, with_zone(0, 8)[0], place, same)
    assert kept_target(first, with_zone(6, 16)[0], place, other) == place
    with pytest.raises(TargetError, match="not the same"):
        kept_target(first, first, place, other)
    border = first.targets.border(place)
    assert kept_target(first, with_zone(6, 16)[0], border, other) == border


def test_a_class_is_kept_while_it_is_the_most_likely(bright):
    before = replace(predict_here("toy", bright), zones=None, class_scores=np.array([0.6, 0.4]))
    turned = replace(before, class_scores=np.array([0.4, 0.6]))
    assert kept_target(before, before, 1, CHANGES["blur"]) == 1
    with pytest.raises(TargetError, match="another one"):
        kept_target(before, turned, 1, CHANGES["blur"])
