"""Concepts of a data set tested on the shipped networks."""

import numpy as np
import pytest

from compute.measure.concepts.images import places_of_class, some_images
from compute.measure.concepts.places import ANY
from compute.run.runners import LocalRunner
from compute.tcav.asking import (
    LayerTables,
    after_holm,
    concept_of_class,
    concept_of_images,
    effort_for,
    images_of_other_classes,
    random_images,
)
from compute.tcav.features import ConceptFeatures, TargetGradients, layer_rows
from compute.work.measure import MeasureOrder, MeasureSpec
from compute.worker.workbench import workbench
from data_store.catalogue import data_set_of
from engine.errors import DataSetError, ModelError
from model_store.catalogue import ModelRef, model_facts

pytestmark = pytest.mark.models
REF, STREETS = ModelRef("digits-cnn"), ModelRef("streets-unet")
LAYERS = ("block2_conv2", "block3_conv2")


@pytest.fixture(scope="module", autouse=True)
def shipped_models(batch_log):
    """The models of the catalogue, in place of the toys."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("VITRINE_MODEL_SOURCE")
        yield


def measured(measure, data, folder):
    return LocalRunner().run(MeasureOrder(MeasureSpec(measure), data, folder))


def test_eights_speak_for_eight_and_each_layer_has_its_rows(tmp_path):
    data = data_set_of("digits")
    concepts = [concept_of_class(data, 8), concept_of_class(data_set_of("textures"), 0)]
    random = random_images(data, None, concepts)
    assert not set(random.items) & set(concepts[0].data.items) and len(random.items) == 200
    targets = some_images(data, places_of_class(data, "test", 8, model_facts(REF)), 20)
    features = ConceptFeatures(REF, LAYERS)
    views = [measured(features, one, tmp_path) for one in (random, *(one.data for one in concepts))]
    gradients = measured(TargetGradients(REF, LAYERS, 8), targets, tmp_path)
    widths = {layer.name: layer.channels for layer in workbench().model(REF).target_layers}
    assert [rows.shape for rows in layer_rows(gradients)] == [(20, widths[name]) for name in LAYERS]
    orders = LayerTables(views[0], layer_rows(gradients)).orders(views[1:], effort_for(4))
    tests = [LocalRunner().run(order).result() for order in orders]
    rows = after_holm(
        [
            (concept.name, layer, test)
            for layer, found in zip(LAYERS, tests, strict=True)
            for concept, test in zip(concepts, found, strict=True)
        ]
    )
    late = next(row for row in rows if (row.concept, row.layer) == ("8", LAYERS[1]))
    assert late.verdict == "for" and late.adjusted <= 0.05 and late.test.known
    assert all(row.verdict in ("for", "against", "none", "unknown") for row in rows)


def test_the_gradient_of_a_contrast_is_the_difference(tmp_path):
    data = some_images(data_set_of("digits"), range(5))
    one, other, both = (
        layer_rows(measured(TargetGradients(REF, LAYERS, index, versus, 4), data, tmp_path))[1]
        for index, versus in ((8, ANY), (3, ANY), (8, 3))
    )
    assert np.allclose(one - other, both, atol=1e-4) and np.abs(both).max() > 0


def test_zones_have_gradients_where_the_model_sees_them(tmp_path):
    data = some_images(data_set_of("streets-rendered"), range(2))
    layer = next(layer for layer in workbench().model(STREETS).target_layers if layer.best)
    labels = model_facts(STREETS).labels
    asked = TargetGradients(STREETS, (layer.name,), labels.index("vehicle"), labels.index("flat"))
    (rows,) = layer_rows(measured(asked, data, tmp_path))
    assert rows.shape == (2, layer.channels) and np.isfinite(rows).all() and rows.any(axis=1).all()


def test_a_part_that_is_kept_changes_what_a_layer_sees(tmp_path):
    data = some_images(data_set_of("digits"), range(4))
    whole = layer_rows(measured(ConceptFeatures(REF, LAYERS), data, tmp_path))[0]
    part = layer_rows(measured(ConceptFeatures(REF, LAYERS, cells=(54, 55, 62, 63)), data, tmp_path))[0]
    assert whole.shape == part.shape and np.abs(whole - part).max() > 0.01


@pytest.mark.parametrize(("index", "versus", "said"), [(10, ANY, "no class 10"), (8, 8, "against itself")])
def test_a_class_that_cannot_be_asked_is_refused(index, versus, said):
    with pytest.raises(ModelError, match=said):
        _ = MeasureOrder(MeasureSpec(TargetGradients(REF, LAYERS, index, versus)), data_set_of("digits")).key


def test_images_are_chosen_without_those_of_the_concepts():
    textures = data_set_of("textures")
    stripes = concept_of_class(textures, 0)
    assert stripes.name == "stripes" and len(stripes.data.items) == 40
    assert all(item.label != 0 for item in images_of_other_classes(textures, {0}).items)
    with pytest.raises(DataSetError, match="All images of"):
        few = some_images(textures, range(3))
        random_images(few, None, [concept_of_images("few", few)])
    with pytest.raises(DataSetError, match="no images"):
        concept_of_images("none", textures, set())
