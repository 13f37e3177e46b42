"""Randomisation tests that come with Vitrine are of the present weights, and can be computed again."""

import pytest

from commands.shipped.sanity import SanityGroup, groups_of, sanity_of_group
from compute.shipped.sanity import FOLDER, read_sanity, sanity_path, shipped_sanity, write_sanity
from compute.work.sanity.asking import Networks, asked_method
from engine.methods import METHODS
from model_store.base.randomised import FULL
from model_store.catalogue import ModelRef, model_facts

pytestmark = pytest.mark.models
SHIPPED = sorted(path.stem for path in FOLDER.glob("*.json"))
NEAR = 0.05
"""Of a rank correlation: another processor rounds otherwise, and a step of a ranking may turn."""


@pytest.mark.parametrize("model", SHIPPED)
def test_it_is_of_the_present_weights_and_of_the_methods_that_there_are(model):
    ref = ModelRef(model)
    found = read_sanity(sanity_path(ref))
    assert found.fingerprint == model_facts(ref).fingerprint
    assert set(found.methods) <= {method.key for group in groups_of(ref) for method in group.methods}
    for key, one in found.methods.items():
        assert one.params == asked_method(METHODS[key]).params.as_dict() and len(one.images) >= 1
        assert one.outcome.images + one.outcome.mute == len(one.images)
        assert all(-1 <= alike.left <= 1 for alike in one.outcome.depths.values())
        assert one.outcome.depths[FULL].count == one.seeds == 5


def test_those_that_ship_are_the_small_ones_at_least():
    assert {"digits-cnn", "dogs-vgg"} <= set(SHIPPED)
    assert all((FOLDER / f"{model}.json").stat().st_size < 50_000 for model in SHIPPED)


def test_on_a_vgg_grad_cam_and_saliency_move_far_and_guided_backpropagation_little():
    """Adebayo et al. 2018, measured on the shipped network."""
    found = {key: one.outcome for key, one in read_sanity(sanity_path(ModelRef("dogs-vgg"))).methods.items()}
    last = {key: outcome.depths[1].left for key, outcome in found.items()}
    assert last["guided_backprop"] > 0.95 and last["saliency"] < 0.6 and last["gradcam"] < 0.3
    assert found["guided_backprop"].kept > found["saliency"].kept + 0.3 > found["gradcam"].kept
    assert found["guided_backprop"].verdict == "stays"
    assert found["gradcam"].verdict == found["saliency"].verdict == "moves"


@pytest.mark.processes
def test_one_computed_again_is_the_same():
    ref = ModelRef("digits-cnn")
    shipped = read_sanity(sanity_path(ref)).methods["guided_backprop"]
    networks = Networks(shipped.seeds, shipped.cascade)
    group = SanityGroup((METHODS["guided_backprop"],), len(shipped.images), networks)
    (again,) = sanity_of_group(ref, group).values()
    assert (again.images, again.params) == (shipped.images, shipped.params)
    assert again.outcome.verdict == shipped.outcome.verdict
    for depth, alike in shipped.outcome.depths.items():
        assert again.outcome.depths[depth].left == pytest.approx(alike.left, abs=NEAR)
    assert again.outcome.level.left == pytest.approx(shipped.outcome.level.left, abs=NEAR)


def test_a_model_without_one_or_with_other_weights_has_no_badge(tmp_path, monkeypatch):
    ref = ModelRef("digits-cnn")
    assert shipped_sanity(ref, "gradcam") is not None and shipped_sanity(ref, "nothing") is None
    assert shipped_sanity(ModelRef("nobody"), "gradcam") is None
    assert read_sanity(tmp_path / "none.json") is None
    found = read_sanity(sanity_path(ref))
    path = tmp_path / "again.json"
    write_sanity(path, found)
    assert path.read_text() == sanity_path(ref).read_text()
    path.write_text(path.read_text().replace('"format": 1', '"format": 0'))
    assert read_sanity(path) is None
