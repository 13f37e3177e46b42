"""The randomisation test as a kind of work: what it asks, in which order, and what is read off it."""

import numpy as np
import pytest

from compute.trust.randomisation import RandomisationTest, fitting, outcomes_together, run_together
from compute.work.sanity.asking import TRAINED, Networks, SanitySpec, asked_method
from compute.work.sanity.maps import answer_about, maps_of_network
from compute.work.sanity.order import SanityOrder
from compute.worker.workbench import workbench
from engine.errors import ParamsError
from engine.images.picture import Picture
from engine.methods import METHODS, get_method
from engine.model import SPACES
from model_store.base.randomised import FULL, Randomised
from model_store.catalogue import ModelRef
from samples.digits import digit_pixels
from tests.compute.conftest import predict_here
from tests.compute.toy_source import SOURCE

pytestmark = pytest.mark.models
REF = ModelRef("digits-cnn")
KEYS = ("saliency", "gradcam", "occlusion")
NETWORKS = Networks(seeds=2, cascade=1)


@pytest.fixture(scope="module")
def tested():
    """Two digits, tested together on a model that ships."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("VITRINE_MODEL_SOURCE", raising=False)
        test = RandomisationTest(REF, tuple(get_method(key) for key in KEYS), NETWORKS)
        orders = [test.order(predict_here(REF.key, one), one) for one in map(digit, (3, 7))]
        steps = []
        yield orders, run_together(orders, steps.append), steps


def digit(number):
    return Picture(digit_pixels(number), f"digit {number}")


def test_the_trained_network_comes_first_then_those_of_the_verdict():
    assert NETWORKS.parts == [TRAINED, (FULL, 0), (FULL, 1), (1, 0), (2, 0), (3, 0), (4, 0)]
    assert len(Networks(5, 2).parts) == 1 + 5 + 2 * (FULL - 1)


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.key)
def test_every_method_is_asked_with_logits_and_fewer_samples_or_as_many(method):
    params, usual = asked_method(method).params, method.params()
    assert type(params) is method.params and method.runs(params) <= method.runs(usual)
    assert getattr(params, "space", "logit") == "logit"


def test_each_network_answers_once_for_all_images(tested):
    orders, views, steps = tested
    assert [step.done_runs for step in steps] == list(range(1, len(NETWORKS.parts) + 1))
    assert all(view.complete for view in views) and steps[-1].share == 1
    for order, view in zip(orders, views, strict=True):
        trials = view.trials()
        assert set(trials) == set(KEYS) and set(trials["saliency"].random) == set(NETWORKS.parts) - {TRAINED}
        shapes = {values.shape for values in trials["saliency"].random.values()}
        assert shapes == {trials["saliency"].trained.shape} == {order.prediction.input_hw}


def test_the_outcome_goes_over_all_images(tested):
    _, views, _ = tested
    together, alone = outcomes_together(views), [view.outcomes() for view in views]
    for key in KEYS:
        mean = np.mean([one[key].depths[FULL].ranks for one in alone])
        assert together[key].images == 2 and together[key].depths[FULL].ranks == pytest.approx(mean)
    assert together["saliency"].left < 0.6 and together["saliency"].verdict != "unknown"


def test_the_explainer_is_built_anew_for_each_network(tested):
    """The maps of a network that is asked again are the same, those of another one are others."""
    orders, views, _ = tested
    order, maps = orders[0], views[0].sheet.maps
    again = maps_of_network((FULL, 1), asked=order.asked, **order.shared)
    for key in KEYS:
        assert np.allclose(again[key], maps[FULL, 1][key], atol=1e-6 * np.abs(again[key]).max())
        assert not np.allclose(again[key], maps[FULL, 0][key], rtol=0.1)
        assert not np.allclose(maps[TRAINED][key], maps[1, 0][key], rtol=0.1)


def test_equal_questions_are_one_and_others_are_not(tested):
    (order, other), _, _ = tested
    same = SanityOrder(order.spec, order.prediction, order.picture)
    fewer = SanityOrder(
        SanitySpec(REF, order.spec.asked[:1], order.spec.wanted, NETWORKS), order.prediction, order.picture
    )
    assert same.key == order.key and same.identity == order.identity
    assert len({order.key, other.key, fewer.key}) == 3
    assert order.image is order.picture, "whoever keeps nothing of an image keeps no result"
    price = order.price
    assert price.runs == len(NETWORKS.parts) * (1 + 1 + 257) and price.seconds > 0


def test_a_sheet_takes_each_network_once_and_is_read_at_any_time(tested):
    (order, _), (view, _), _ = tested
    sheet = order.sheet()
    assert order.view(sheet).trials() == {} == order.view(sheet).outcomes()
    for part in NETWORKS.parts[:2]:
        sheet.add(part, view.sheet.maps[part])
    sheet.add((9, 9), {})
    assert sheet.progress("running").done_runs == 2 and not sheet.complete
    assert sheet.missing(coming=[(FULL, 1)]) == NETWORKS.parts[3:]
    early = order.view(sheet.copy()).outcomes()["gradcam"]
    assert early.level is None and set(early.depths) == {FULL}


def test_a_random_network_is_not_tested_and_a_method_must_fit(tested):
    (order, _), _, _ = tested
    spec = SanitySpec(ModelRef(REF.key, randomised=Randomised(1, 0)), order.spec.asked, 0)
    with pytest.raises(ParamsError, match="trained model"):
        SanityOrder(spec, order.prediction, order.picture)
    with pytest.raises(ParamsError, match="at least one method"):
        SanityOrder(SanitySpec(REF, (), 0), order.prediction, order.picture)
    assert fitting(order.prediction, [METHODS["gradcam"]]) == (METHODS["gradcam"],)


def test_zones_are_those_that_the_trained_network_found(picture, monkeypatch):
    """On a toy asked once more, in place of a random network: the target is the same set of pixels."""
    monkeypatch.setenv("VITRINE_MODEL_SOURCE", SOURCE)
    prediction = predict_here("toy", picture)
    found = answer_about(workbench().model(ModelRef("toy")), prediction.targets, picture)
    assert found.zones is not None and found.targets.digest == prediction.targets.digest
    for space in SPACES:
        assert np.allclose(found.base[space], prediction.base[space], atol=1e-5)
