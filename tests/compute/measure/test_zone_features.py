"""Features of zones: means inside each zone, with their boxes, on the shipped street network."""

import numpy as np
import pytest
from PIL import Image

from compute.measure.concepts.images import some_images
from compute.measure.examples.zone_features import ZoneFeatures, box_of, zone_mean
from compute.run.runners import LocalRunner
from compute.work.examples.zone_reading import zones_found
from compute.work.measure import MeasureOrder, MeasureSpec
from compute.worker.workbench import workbench
from data_store.catalogue import data_set_of
from engine.errors import ModelError
from engine.perturbation.run import fit_picture
from engine.zones import list_zones
from model_store.catalogue import ModelRef, as_seen, model_facts

pytestmark = pytest.mark.models
REF = ModelRef("streets-unet")


@pytest.fixture(scope="module", autouse=True)
def shipped_models(batch_log):
    """The models of the catalogue, in place of the toys."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("VITRINE_MODEL_SOURCE")
        yield


def test_each_zone_has_the_mean_inside_it_and_its_box(tmp_path):
    from data_store.images import read_image

    data = some_images(data_set_of("streets-rendered"), range(2))
    model = workbench().model(REF)
    layer = next(layer for layer in model.target_layers if layer.best).name
    index = model_facts(REF).labels.index("sky")
    order = MeasureOrder(MeasureSpec(ZoneFeatures(REF, layer, index)), data, tmp_path)
    found = zones_found(LocalRunner().run(order))
    assert len(found.features) == len(found.positions) == len(found.boxes) >= 2
    picture = as_seen(REF, read_image(data, data.items[0]))
    image = fit_picture(picture, model.input_size_hw(picture.size_hw))
    zones = list_zones(model.score_batch(image[None], "logit")[0], model.facts.labels)
    zone = next(one for one in zones.zones if one.class_index == index)
    mask = zones.labels == zone.index
    own = zone_mean(model.activations(image[None], layer)[0], mask)
    assert found.features[0] == pytest.approx(own, rel=0.01, abs=0.01), "in half precision"
    assert found.boxes[0] == pytest.approx(box_of(mask), abs=1e-6) and found.positions[0] == 0


def test_what_has_no_zones_is_said(tmp_path):
    data = data_set_of("digits")
    with pytest.raises(ModelError, match="model that segments"):
        _ = MeasureOrder(MeasureSpec(ZoneFeatures(ModelRef("digits-cnn"), "block3_conv2", 0)), data).key
    assert np.allclose(zone_mean(np.ones((2, 2, 3), np.float32), np.eye(8, dtype=bool)), 1)


def test_prototypes_of_zones_come_from_the_command_line(monkeypatch, tmp_path):
    from commands.examples.prototypes import PrototypesQuestion, find_examples
    from compute.measure.examples.prototypes import PrototypeSpec
    from data_store.images import read_image
    from engine.errors import ParamsError

    monkeypatch.setenv("VITRINE_CACHE", str(tmp_path))
    scenes, folder = data_set_of("streets-rendered"), tmp_path / "scenes"
    folder.mkdir()
    for item in scenes.items[:4]:
        Image.fromarray(read_image(scenes, item).pixels).save(folder / item.id)
    told = find_examples(
        PrototypesQuestion("streets-unet", str(folder), spec=PrototypeSpec(2, 1), zones="sky")
    )
    assert told["class"] == "sky" and told["zones"] >= 4
    assert [row["kind"] for row in told["examples"]] == ["prototype"] * 2 + ["criticism"]
    for row in told["examples"]:
        top, left, bottom, right = row["box"]
        assert 0 <= top < bottom <= 1 and 0 <= left < right <= 1
    wrong = PrototypesQuestion("streets-unet", str(folder), class_name="sky", zones="sky")
    with pytest.raises(ParamsError, match="or of zones with --zones"):
        find_examples(wrong)
