"""Concepts of a data set and of an image, with the shipped network for digits."""

import numpy as np
import pytest

from commands.data.zone_concepts import REGION_NAMES, ask_zone, zone_lines
from commands.data.zones import AskedZone
from compute.base.store import ResultStore
from compute.measure.concepts.book import ConceptOrder, ConceptSpec, PlaceTable
from compute.measure.concepts.images import places_of_class, some_images
from compute.measure.concepts.places import ANY, LayerPlaces
from compute.measure.concepts.scores import ConceptScores
from compute.run.runners import LocalRunner, predict_with
from compute.work.concepts.concept_map import ConceptMapSpec
from compute.work.concepts.image_concepts import ImageConceptOrder, ImageConceptSpec
from compute.work.concepts.reading import class_dependence, places_found
from compute.work.features import FeatureOrder
from compute.work.measure import MeasureOrder, MeasureSpec
from compute.worker.workbench import workbench
from data_store.images import read_image
from data_store.shipped.digits import digits
from data_store.shipped.streets import rendered_streets
from engine.errors import DataSetError, MapsError, ModelError
from engine.perturbation.run import fit_picture
from model_store.catalogue import ModelRef, as_seen, model_facts

pytestmark = pytest.mark.models
REF = ModelRef("digits-cnn")
EIGHT = 8


@pytest.fixture(scope="module", autouse=True)
def shipped_models(batch_log):
    """The models of the catalogue, in place of the toys."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("VITRINE_MODEL_SOURCE")
        yield


@pytest.fixture(scope="module")
def layer(shipped_models):
    return next(layer for layer in workbench().model(REF).target_layers if layer.best)


@pytest.fixture(scope="module")
def eights():
    data = digits()
    return some_images(data, places_of_class(data, "test", EIGHT, model_facts(REF)), 24)


@pytest.fixture(scope="module")
def places(eights, layer, tmp_path_factory):
    order = MeasureOrder(MeasureSpec(LayerPlaces(REF, layer.name)), eights, tmp_path_factory.mktemp("tables"))
    return places_found(LocalRunner().run(order), layer.channels)


@pytest.fixture(scope="module")
def book(places):
    order = ConceptOrder(ConceptSpec(4), PlaceTable(places.vectors, places.positions))
    return LocalRunner().run(order).result()


def test_places_are_those_of_the_layer(places, eights, layer):
    item = eights.items[3]
    model = workbench().model(REF)
    image = fit_picture(as_seen(REF, read_image(eights, item)), model.input_size_hw((16, 16)))
    maps = model.activations(image[None], layer.name)[0]
    rows = np.flatnonzero(places.positions == 3)
    own = maps.reshape(-1, layer.channels)[places.cells[rows]]
    assert np.abs(places.vectors[rows] - own).max() < 0.01
    assert (places.grids[rows] == maps.shape[:2]).all()


def test_the_concepts_of_a_class_explain_its_images(book, places):
    assert len(book.basis) == 4 and not book.basis.signed
    assert book.explained > 0.7
    shares = [one.share for one in book.places]
    assert shares == sorted(shares, reverse=True)
    assert book.coefficients.shape == (len(places.cells), 4)


def test_as_many_concepts_as_the_images_agree_on(places):
    order = ConceptOrder(ConceptSpec(), PlaceTable(places.vectors, places.positions))
    found = LocalRunner().run(order).result()
    assert len(found.basis) in [trial.count for trial in found.trials]


def test_how_far_the_class_depends_on_them(book, eights, layer, tmp_path):
    some = some_images(eights, range(len(eights.items)), 8)
    order = MeasureOrder(MeasureSpec(ConceptScores(REF, layer.name, EIGHT, book.basis)), some, tmp_path)
    found = class_dependence(LocalRunner().run(order))
    assert found.images == 8 and found.agreement.same == 1 and found.agreement.r2 > 0.8
    assert found.importance.values.max() > 0.2
    assert (found.importance.lower <= found.importance.values).all()
    assert found.completeness.shapley.argmax() == found.importance.values.argmax()
    again = order.find(None)  # the rows are kept: nothing is asked twice
    assert again.complete


def test_one_image_its_classes_and_where_concepts_lie(book, eights, layer, tmp_path):
    picture = as_seen(REF, read_image(eights, eights.items[0]))
    prediction = predict_with(LocalRunner(), REF, picture)
    order = ImageConceptOrder(ImageConceptSpec(REF, layer.name, book.basis, designs=16), prediction, picture)
    store = ResultStore(tmp_path)
    view = LocalRunner(store).run(order)
    assert view.complete and view.agreement().r2 > 0.8
    assert view.base() == pytest.approx(prediction.base["logit"], abs=0.05)
    assert view.importance(EIGHT).values.max() > 0.2
    assert order.find(store).complete
    maps = LocalRunner().run(FeatureOrder(ConceptMapSpec(REF, layer.name, book.basis), picture)).result()
    assert maps.shape[-1] == 4 and maps.max() > 0


def test_what_cannot_be_asked_is_said(eights, layer):
    with pytest.raises(DataSetError, match="no images of this class"):
        some_images(eights, [])
    with pytest.raises(ModelError, match="a model that segments"):
        LayerPlaces(REF, layer.name, 3).meaning(eights, model_facts(REF))
    with pytest.raises(ModelError, match="no class 12"):
        ConceptScores(REF, layer.name, 12, None).meaning(eights, model_facts(REF))
    with pytest.raises(MapsError, match="at least 40 places"):
        LocalRunner().run(ConceptOrder(ConceptSpec(3), PlaceTable(np.ones((3, 9)), np.arange(3))))


@pytest.mark.parametrize("key", ["streets-unet", "streets-segformer"])
def test_zones_of_a_street(key, tmp_path):
    """One pass answers for all zones and boundaries; with a zone by region about it."""
    data, ref = rendered_streets(), ModelRef(key)
    model = workbench().model(ref)
    layer = next(layer for layer in model.target_layers if layer.best)
    some = some_images(data, range(len(data.items)), 4)
    index = model.facts.labels.index("vehicle")
    with pytest.raises(ModelError):
        LayerPlaces(ref, layer.name, ANY).meaning(some, model.facts)
    order = MeasureOrder(MeasureSpec(LayerPlaces(ref, layer.name, index)), some, tmp_path)
    found = places_found(LocalRunner().run(order), layer.channels)
    book = (
        LocalRunner().run(ConceptOrder(ConceptSpec(3), PlaceTable(found.vectors, found.positions))).result()
    )
    picture = as_seen(ref, read_image(some, some.items[int(found.positions[0])]))
    prediction = predict_with(LocalRunner(), ref, picture)
    zone = next(zone.index for zone in prediction.zones.zones if zone.class_index == index)
    for asked, inputs in ((None, 3), (zone, 9)):
        spec = ImageConceptSpec(ref, layer.name, book.basis, asked, designs=8)
        view = LocalRunner().run(ImageConceptOrder(spec, prediction, picture))
        assert view.sheet.snapshot().scores.shape[1] == len(prediction.targets)
        assert view.importance(zone).values.shape == (inputs,)
        assert view.importance(prediction.targets.border(zone)) is not None
    told = ask_zone(LocalRunner(), spec, AskedZone(picture, prediction, zone, prediction.targets[zone]))
    assert [row["where"] for row in told["regions"]] == [*REGION_NAMES] * 3 and 0 <= told["elsewhere"] <= 1
    assert zone_lines(told, 2)[0].startswith(str(prediction.targets[zone].label))
