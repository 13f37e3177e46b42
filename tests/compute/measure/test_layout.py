"""Layouts of features as work: one task, equal orders are one, too few images are a sentence."""

import numpy as np
import pytest

from compute.measure.layout import FeatureTable, LayoutOrder, LayoutSpec
from compute.run.runners import LocalRunner
from engine.errors import ProjectionError
from engine.projection.params import PcaParams


def order_of(features, **more):
    return LayoutOrder(LayoutSpec("pca", PcaParams(), **more), FeatureTable(np.asarray(features, np.float16)))


def test_points_come_with_how_far_they_can_be_trusted():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(240, 6)) + 20 * np.eye(3, 6)[np.repeat(np.arange(3), 80)]
    found = LocalRunner().run(order_of(features)).result()
    assert found.layout.points.shape == (240, 2) and not found.trust.is_noise
    few = LocalRunner().run(order_of(features[:4])).result()
    assert few.layout.points.shape == (4, 2) and few.trust is None


def test_equal_questions_have_one_key():
    one, two = (order_of(np.arange(12).reshape(4, 3)) for _again in range(2))
    assert one.key == two.key and one.identity == two.identity
    assert (
        len({one.key, order_of(np.ones((4, 3))).key, order_of(np.arange(12).reshape(4, 3), seed=1).key}) == 3
    )


def test_too_few_images_are_a_sentence():
    with pytest.raises(ProjectionError, match="needs at least 2 different images"):
        LocalRunner().run(order_of(np.ones((5, 3))))
