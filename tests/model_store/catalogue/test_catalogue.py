"""Facts of the models that are known without loading TensorFlow."""

import json
import subprocess
import sys

import numpy as np
import pytest

from engine.errors import ModelError
from model_store.base import folders
from model_store.base.entries import InputPolicy
from model_store.base.label_maps import CATEGORIES, LABEL_MAPS
from model_store.base.palettes import distinct_colours
from model_store.catalogue import CATALOGUE, DEFAULT_MODEL, ModelRef, availability, entry_of, model_facts

B0 = "segformer-b0-cityscapes"


@pytest.fixture
def models(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path))
    return tmp_path


def fill(folder, names, content="{}"):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(content)


FILES = ("config.json", "preprocessor_config.json", "model.safetensors")


@pytest.mark.processes
def test_the_catalogue_is_light():
    code = (
        "import sys, model_store.catalogue; print([m for m in ('tensorflow', 'keras', "
        "'transformers') if m in sys.modules])"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=list(CATALOGUE))
def test_every_entry_holds_together(entry):
    distinct = 1 if entry.task == "classification" else len(entry.colours)
    assert len(set(entry.colours)) >= distinct and len(entry.labels) in (0, len(entry.colours))
    assert entry.title and entry.description.endswith(".") and entry.licence
    if entry.grouping:
        assert len(entry.grouping.of_class) == len(entry.colours)


def test_the_default_is_shipped():
    assert entry_of(DEFAULT_MODEL).shipped and str(DEFAULT_MODEL) == "streets-segformer"


@pytest.mark.parametrize("ref", [ModelRef(B0), ModelRef(B0, grouped=True)])
def test_text_form_of_a_reference(ref):
    assert ModelRef.parse(str(ref)) == ref


@pytest.mark.parametrize(
    "text", ["", "nothing", "@grouped", "../" + B0, "streets-unet@grouped", B0 + "@grouped@grouped"]
)
def test_unknown_references_are_refused_in_words(text):
    with pytest.raises(ModelError, match="There is no model called|cannot be grouped|cannot be asked for"):
        ModelRef.parse(text)


def test_categories_of_the_cityscapes_classes():
    grouping = CATALOGUE[B0].grouping
    fine = CATALOGUE[B0].labels
    assert grouping.labels == ("flat", "construction", "object", "nature", "sky", "human", "vehicle")
    assert {
        name: grouping.labels[grouping.of_class[fine.index(name)]]
        for name in ("terrain", "rider", "pole", "train", "fence")
    } == {
        "terrain": "nature",
        "rider": "human",
        "pole": "object",
        "train": "vehicle",
        "fence": "construction",
    }
    assert [CATEGORIES[value].name for value in LABEL_MAPS["cityscapes19"][:19]] == [
        grouping.labels[index] for index in grouping.of_class
    ]


@pytest.mark.parametrize(
    ("picture_hw", "wanted_hw"),
    [
        ((360, 480), (256, 352)),
        ((480, 360), (352, 256)),
        ((64, 64), (256, 256)),
        ((1024, 1024), (256, 256)),
        ((50, 1000), (32, 640)),
        ((1000, 51), (640, 32)),
    ],
)
def test_the_size_keeps_the_aspect_within_the_limits(picture_hw, wanted_hw):
    assert InputPolicy(256, 640, 32).size_hw(picture_hw) == wanted_hw


def test_sizes_are_multiples_within_the_limits():
    policy = InputPolicy(512, 1024, 32)
    for height in range(16, 1025, 37):
        for width in range(16, 1025, 41):
            size = policy.size_hw((height, width))
            assert all(side % 32 == 0 and 32 <= side <= 1024 for side in size)
            assert (
                abs(np.log(size[0] / size[1] * width / height)) < 0.7
                if min(size) == 32
                else abs(np.log(size[0] / size[1] * width / height)) < 0.35
            )


def test_distinct_colours_are_distinct():
    colours = np.array(distinct_colours(150))
    distances = np.abs(colours[:, None] - colours[None]).max(-1)
    assert (distances + 999 * np.eye(150) >= 36).all()
    assert distinct_colours(150)[:20] == distinct_colours(20)


def test_missing_files_are_named_with_their_folder(models):
    fill(models / B0, FILES[:1])
    state = availability(CATALOGUE[B0])
    assert not state.ready and state.missing == FILES[1:] and state.folder == models / B0
    with pytest.raises(ModelError) as caught:
        model_facts(ModelRef(B0))
    assert "model.safetensors or tf_model.h5" in str(caught.value) and str(models / B0) in str(caught.value)


def test_a_pickle_alone_is_refused_in_words(models):
    fill(models / B0, (*FILES[:2], "pytorch_model.bin"))
    with pytest.raises(ModelError, match="can run code"):
        model_facts(ModelRef(B0))


def test_either_file_of_weights_will_do(models):
    fill(models / B0, (*FILES[:2], "tf_model.h5"))
    assert availability(CATALOGUE[B0]).ready and model_facts(ModelRef(B0)).labels == CATALOGUE[B0].labels


def test_facts_after_grouping(models):
    fill(models / B0, FILES)
    fine, grouped = model_facts(ModelRef(B0)), model_facts(ModelRef(B0, grouped=True))
    assert len(fine.labels) == len(fine.colours) == 19 and len(grouped.labels) == len(grouped.colours) == 7
    assert fine.key == B0 and grouped.key == B0 + "@grouped" and fine.fingerprint != grouped.fingerprint


@pytest.mark.parametrize("name", FILES)
def test_the_fingerprint_follows_the_content_of_every_file(models, name):
    fill(models / B0, FILES)
    before = model_facts(ModelRef(B0)).fingerprint
    assert model_facts(ModelRef(B0)).fingerprint == before
    (models / B0 / name).write_text('{"other": 1}')
    assert model_facts(ModelRef(B0)).fingerprint != before


def test_files_are_hashed_once(models, monkeypatch):
    fill(models / B0, FILES)
    model_facts(ModelRef(B0))
    monkeypatch.setattr(folders.hashlib, "file_digest", None)
    model_facts(ModelRef(B0))


def test_names_that_come_with_the_configuration(models):
    folder = models / "segformer-b0-ade20k"
    fill(folder, FILES)
    with pytest.raises(ModelError, match="0 classes instead of 150"):
        model_facts(ModelRef("segformer-b0-ade20k"))
    (folder / "config.json").write_text(
        json.dumps({"id2label": {str(index): f"thing {index}" for index in range(150)}})
    )
    assert model_facts(ModelRef("segformer-b0-ade20k")).labels[149] == "thing 149"
    (folder / "config.json").write_text("[1")
    with pytest.raises(ModelError, match="cannot be read as JSON"):
        model_facts(ModelRef("segformer-b0-ade20k"))
