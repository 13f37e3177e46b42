"""Maps of a data set: of a class for each image, of the zones of a class, and their groups."""

import os
from itertools import count

import numpy as np
import pytest
from PIL import Image

from compute.measure.cams.class_cams import CamReading, ClassMaps, evidence_maps
from compute.measure.cams.zone_cams import ZoneMaps, zones_of
from compute.measure.grouping import FeatureGroupOrder, GroupSpec, StrategyOrder
from compute.measure.layout import FeatureTable
from compute.run.runners import LocalRunner
from compute.work.measure import MeasureOrder, MeasureSpec
from compute.worker.workbench import workbench
from data_store.readers.folder import read_folder
from engine.errors import MapsError, ModelError, ParamsError
from engine.strategies.preparing import GRID
from model_store.catalogue import ModelRef

_numbers = count()


def put(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels, np.uint8)).save(path)


def square(value, corner=0):
    pixels = np.full((64, 64, 3), value, np.uint8)
    pixels[-1, -1] = corner
    return pixels


@pytest.fixture
def corners(monkeypatch, tmp_path):
    """A classifier that names the brightness of the top left quarter, and images of two classes."""
    monkeypatch.setenv("VITRINE_MODEL_SOURCE", "tests.pages.toy_source:PagesSource")
    for number in range(3):
        put(tmp_path / "set" / "bright" / f"{number}.png", square(255, number))
        put(tmp_path / "set" / "dark" / f"{number}.png", square(0, number))
    put(tmp_path / "set" / "dark" / "not-dark.png", square(255, 9))
    return tmp_path / "set"


def order_on(folder, measure):
    return MeasureOrder(MeasureSpec(measure), read_folder(folder), folder.parent / f"tables-{next(_numbers)}")


def test_a_map_of_the_answer_and_of_the_class_of_each_image(corners):
    """The toy reads the top left quarter: there the map of what is seen is at its peak, elsewhere it is 0."""
    ref = ModelRef("dogs-vgg")
    view = LocalRunner().run(order_on(corners, ClassMaps(ref, "late", "hirescam")))
    table = view.table()
    assert table["explained"].to_pylist() == [2, 2, 2, 0, 0, 0, 2] and table["error"].null_count == 7
    positions, maps = view.heavy("map")
    assert positions.tolist() == list(range(7)) and maps.dtype == np.float16
    first = maps[0].reshape(GRID, GRID)
    assert (first[:6, :6] == 1).all() and not first[10:].any() and not first[:, 10:].any()
    view = LocalRunner().run(order_on(corners, ClassMaps(ref, "late", "hirescam", "true")))
    assert view.table()["explained"].to_pylist() == [2, 2, 2, 0, 0, 0, 0]
    assert view.table()["peak"].to_pylist()[6] < 0.01, "nothing dark is seen in a bright image"
    assert not view.heavy("map")[1][6].max() > 1


def test_maps_of_another_class_layer_or_method_are_another_table(corners):
    ref = ModelRef("dogs-vgg")
    asked = [("late", "gradcam"), ("late", "layercam"), ("early", "gradcam"), ("late", "gradcam", "true")]
    assert len({order_on(corners, ClassMaps(ref, *one)).key for one in asked}) == 4


def test_what_cannot_be_asked_is_said(corners):
    ref = ModelRef("dogs-vgg")
    with pytest.raises(ParamsError, match="lime does not use gradients"):
        assert order_on(corners, ClassMaps(ref, "late", "lime")).key
    put(corners.parent / "plain" / "one.png", square(0))
    with pytest.raises(ModelError, match="need a model that segments"):
        assert order_on(corners.parent / "plain", ZoneMaps(ref, "late", "gradcam", 0)).key
    view = LocalRunner().run(order_on(corners, ClassMaps(ref, "no layer", "gradcam")))
    assert "There is no layer" in view.table()["error"][0].as_py() and not len(view.heavy("map")[0])
    with pytest.raises(ModelError, match="names a class of the whole image"):
        segmenter = ModelRef("streets-segformer")
        assert order_on(corners.parent / "plain", ClassMaps(segmenter, "late", "gradcam")).key


def test_a_gradient_that_is_no_number_is_said(corners):
    class Torn(type(workbench().model(ModelRef("dogs-vgg")))):
        def layer_gradients(self, pictures, weights, target_layers):
            seen = super().layer_gradients(pictures, weights, target_layers)
            seen["late"].gradient[:] = np.nan
            return seen

    model = Torn(workbench().model(ModelRef("dogs-vgg")).facts)
    with pytest.raises(ModelError, match="is not a number"):
        evidence_maps(
            model,
            np.ones((1, 64, 64, 3), np.float32),
            np.eye(3, dtype=np.float32)[:1],
            CamReading("late", "gradcam"),
        )


def test_zones_of_a_class_are_aligned_to_their_boxes(batch_log, tmp_path):
    """The toy calls all of a bright image bright, and looks at the top left quarter of it."""
    for number, label in enumerate((1, 0, 255)):
        put(tmp_path / "set" / "images" / f"{number}.png", square(255, number))
        put(tmp_path / "set" / "labels" / f"{number}.png", np.full((64, 64), label))
    put(tmp_path / "set" / "images" / "dark.png", square(0))
    put(tmp_path / "set" / "labels" / "dark.png", np.zeros((64, 64)))
    ref = ModelRef(f"toy-zones-{os.getpid()}-{next(_numbers)}")
    table = LocalRunner().run(order_on(tmp_path / "set", ZoneMaps(ref, "seen", "hirescam", 1))).table()
    found = zones_of(table)
    assert found.rows.tolist() == [0, 1, 2] and found.boxes.tolist() == [[0, 0, 1, 1]] * 3
    assert found.right[:2].tolist() == [1, 0] and np.isnan(found.right[2]) and (found.areas == 1).all()
    first = found.maps[0].astype(float)
    ring = GRID * 0.25 / 1.5  # cells that the ring has on each side
    inside = slice(int(np.ceil(ring)), int(ring + GRID / 3) - 1)
    assert (first[inside, inside] > 0.9).all() and not first[: int(ring)].any() and not first[12:].any()
    assert len(zones_of(table.slice(3)).rows) == 0


@pytest.mark.processes  # scikit-learn counts cores by a program
def test_groups_are_work_with_a_key_of_its_own():
    rng = np.random.default_rng(0)
    maps = rng.uniform(size=(40, GRID, GRID)).astype(np.float16)
    maps[:15, :4, :4] += 9
    maps[15:, 9:, 9:] += 9
    order = StrategyOrder(GroupSpec(), FeatureTable(maps.reshape(40, -1)))
    found = LocalRunner().run(order).result()
    assert [len(one.rows) for one in found.clusters] == [25, 15]
    assert order.key == StrategyOrder(GroupSpec(), FeatureTable(maps.reshape(40, -1))).key
    assert order.key != StrategyOrder(GroupSpec(seed=1), FeatureTable(maps.reshape(40, -1))).key
    with pytest.raises(MapsError, match="there are 5"):
        LocalRunner().run(StrategyOrder(GroupSpec(), FeatureTable(maps[:5].reshape(5, -1))))


def test_groups_of_features_are_work_as_well():
    features = np.random.default_rng(0).normal(size=(60, 4)) + 20 * np.eye(2, 4)[[0] * 40 + [1] * 20]
    order = FeatureGroupOrder(GroupSpec(), FeatureTable(features))
    assert LocalRunner().run(order).result().count == 2
    assert order.key != FeatureGroupOrder(GroupSpec(1), FeatureTable(features)).key
