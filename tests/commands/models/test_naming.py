"""Names of classes on the command line: given, in the files, beside them, alone fitting, or numbers."""

import json

import pytest

from commands.models.naming import ClassNames, GivenNames, class_names, names_or_numbers
from commands.options import Labels
from compute.doctor.diagnosis import Outline
from engine.errors import ModelError
from model_store.own.label_sets import LABEL_SETS, colours_for, fitting_sets, labels_for, lone_set


@pytest.fixture
def model(tmp_path):
    (tmp_path / "model.keras").write_bytes(b"")
    return tmp_path / "model.keras"


def test_what_is_given_counts_most(model):
    (model.parent / "names.txt").write_text("a\nb\n")
    given = GivenNames(str(model.parent / "names.txt"), model)
    assert class_names(given, Outline(2, ("x", "y"))).labels == ("a", "b")
    assert class_names(GivenNames("numbers", model), Outline(2)).labels == ("class 0", "class 1")
    voc = class_names(GivenNames("voc", model), Outline(21))
    assert (voc.labels[15], voc.colours[15], voc.guessed) == ("person", (192, 128, 128), False)


def test_names_of_the_files_then_beside_them_then_the_only_set(model):
    assert class_names(GivenNames("", model), Outline(2, ("x", "y"))) == ClassNames(("x", "y"), "its files")
    guessed = class_names(GivenNames("", model), Outline(19))
    assert guessed.labels[13] == "car" and guessed.guessed and guessed.source == "Cityscapes, 19 classes"
    (model.parent / "labels.json").write_text(json.dumps([f"dog {index}" for index in range(19)]))
    beside = class_names(GivenNames("", model), Outline(19))
    assert beside.labels[13] == "dog 13" and beside.source.endswith("labels.json") and not beside.guessed
    assert class_names(GivenNames("", model), Outline(21)).source.startswith("Pascal VOC"), "too few beside"


def test_what_is_missing_says_what_would_fit(model):
    with pytest.raises(ModelError, match="10 classes.*that many: cifar10, mnist, fashion, eurosat.*numbers"):
        class_names(GivenNames("", model), Outline(10))
    with pytest.raises(ModelError, match="that many: none"):
        class_names(GivenNames("", model), Outline(12))
    assert names_or_numbers(GivenNames("", model), Outline(12)).labels[11] == "class 11"


def test_files_that_are_no_names_are_one_sentence(model):
    (model.parent / "large.txt").write_bytes(b"a\n" * (3 << 20))
    (model.parent / "binary.txt").write_bytes(b"\xff\xfe\x00")
    for name in ("large.txt", "binary.txt", "missing.txt", "."):
        with pytest.raises(ModelError, match="neither a text file of at most 4 MB"):
            GivenNames(str(model.parent / name), model)


def test_the_help_names_every_set():
    said = Labels.__metadata__[0].help
    assert all(key in said for key in LABEL_SETS) and "numbers" in said


@pytest.mark.parametrize(
    ("key", "classes", "place", "name"),
    [
        ("voc", 20, 0, "aeroplane"),
        ("voc", 21, 20, "tv monitor"),
        ("coco", 80, 79, "toothbrush"),
        ("coco", 81, 1, "person"),
        ("camvid", 11, 10, "bicyclist"),
        ("cifar10", 10, 9, "truck"),
        ("cifar100", 100, 51, "mushroom"),
        ("mnist", 10, 7, "7"),
        ("fashion", 10, 9, "ankle boot"),
        ("eurosat", 10, 9, "sea or lake"),
        ("pets", 37, 29, "Samoyed"),
    ],
)
def test_known_sets_are_in_the_order_of_their_ids(key, classes, place, name):
    labels = labels_for(key, classes)
    assert labels[place] == name and len(set(labels)) == classes and key in fitting_sets(classes)


def test_colours_of_pascal_voc_and_sets_that_fit_alone():
    assert colours_for("voc", 21)[:3] == ((0, 0, 0), (128, 0, 0), (0, 128, 0))
    assert colours_for("voc", 20)[-1] == (0, 64, 128)
    assert [lone_set(count) for count in (21, 10, 5)] == ["voc", "", ""]
