"""Work of one task: masks of an image, regions that a prediction is asked about, the speed of models."""

from itertools import count

import numpy as np
import pytest

from compute.run.runners import LocalRunner
from compute.tcav.asking import target_of_zones
from compute.work.features import FeatureOrder
from compute.work.kinds import orders_of
from compute.work.maps import MapRequest
from compute.work.predict import PredictOrder
from compute.work.single.answer_mask import AnswerMaskOrder, AnswerMaskSpec
from compute.work.single.own_features import OwnFeaturesSpec, ZoneGradientsSpec
from compute.work.single.speed import WARMING, SpeedOrder, SpeedSpec
from engine.errors import ModelError, TargetError
from engine.evaluation.region_target import RegionContrast
from engine.images.picture import Picture
from engine.methods import get_method
from engine.perturbation.methods.params import SobolParams
from model_store.catalogue import ModelRef

_numbers = count()


def toy(kind="toy"):
    return ModelRef(f"{kind}-single-{next(_numbers)}")


@pytest.fixture
def picture():
    """Bright in the top left quarter, the only one that the toy looks at."""
    pixels = np.full((64, 64, 3), 40, np.uint8)
    pixels[:32, :32] = 230
    return Picture(pixels, "quarter.png")


def test_a_mask_has_the_size_that_was_asked_for(picture):
    found = LocalRunner().run(AnswerMaskOrder(AnswerMaskSpec(toy(), (20, 30)), picture)).result()
    assert found.shape == (20, 30) and found.dtype == np.uint16 and (found == 1).all()


def test_a_region_is_explained_from_the_pass_that_answers_for_all_zones(picture):
    ref, bright, dark = toy(), 1, 0
    region = RegionContrast(bright, dark, np.ones((4, 4), bool), (20, 20), (32, 32), label="region")
    prediction = LocalRunner().run(PredictOrder(ref, picture, (region,))).result()
    wanted = prediction.targets.region(0)
    share = 230 / 255
    assert prediction.base["logit"][wanted] == pytest.approx(np.log(share / (1 - share)), rel=1e-4)
    params = SobolParams(grid=4, designs=32, space="logit")
    request = MapRequest(ref, get_method("sobol"), params, prediction, picture, (wanted,))
    found = LocalRunner().run(orders_of(request)[0]).explain(wanted)
    assert found.target == region and found.values[:2, :2].min() > 0.1
    np.testing.assert_allclose(found.values[2:], 0, atol=1e-5)
    np.testing.assert_allclose(found.values[:, 2:], 0, atol=1e-5)


def test_other_regions_are_another_question(picture):
    ref = toy()
    region = RegionContrast(1, 0, np.ones((2, 2), bool), (0, 0), (32, 32))
    plain, asked = PredictOrder(ref, picture), PredictOrder(ref, picture, (region,))
    assert plain.key != asked.key and plain.identity != asked.identity
    assert plain.key == PredictOrder(ref, picture, ()).key


def test_models_take_turns_and_warming_is_not_counted(picture, batch_log):
    fast, slow = toy(), toy("slow")
    spec = SpeedSpec((fast, slow), batches=(1, 2), runs=5)
    order = SpeedOrder(spec, picture, (0.001, 0.012))
    found = LocalRunner().run(order).result()
    one, other = found.models
    assert [times.batch for times in one.warm] == [1, 2] and all(
        len(times.seconds) == 5 for times in one.warm
    )
    assert all(each.quartiles[0] >= 0.012 * each.batch for each in other.warm)
    assert one.warm[1].quartiles[1] < other.warm[1].quartiles[1]
    assert one.load_seconds >= 0 and other.first_seconds >= 0.012 and one.size_hw == (64, 64)
    assert spec.images == 1 + 3 * (5 + WARMING) and order.price.runs == 2 * spec.images


def test_features_of_one_image_are_those_of_a_data_set(picture):
    found = LocalRunner().run(FeatureOrder(OwnFeaturesSpec(toy(), "seen"), picture)).result()
    bright = 230 / 255
    assert found == pytest.approx([bright / 4, (1 - bright) / 4], abs=1e-6), "of the quarter, over all places"
    with pytest.raises(ModelError, match="There is no layer"):
        LocalRunner().run(FeatureOrder(OwnFeaturesSpec(toy(), "none"), picture))


def test_gradients_of_a_zone_are_an_answer_in_memory(picture):
    zones = LocalRunner().run(PredictOrder(toy(), picture)).result().zones
    target = target_of_zones(zones, 0, None)
    order = FeatureOrder(ZoneGradientsSpec(toy(), ("seen",), target), picture)
    (found,) = LocalRunner().run(order).result()
    assert found.shape[0] == 1 and np.isfinite(found).all() and found.any()
    other = FeatureOrder(ZoneGradientsSpec(toy(), ("seen",), target, 4), picture)
    assert other.key != order.key and other.identity != order.identity
    for wrong in ((0, 5), (5, None)):
        with pytest.raises(TargetError, match="Zone 6 does not exist"):
            target_of_zones(zones, *wrong)
    with pytest.raises(TargetError, match="no zones"):
        target_of_zones(None, 0, None)
