"""Folders of own models: what is said of them, who can find them, how long they are kept."""

import os
import time

import pytest

from engine.errors import ModelError, SettingError
from model_store.backends.converted import converted_base, converted_folder
from model_store.base.entries import FixedSize, InputPolicy
from model_store.catalogue import CATALOGUE, ModelRef, availability, catalogue, entry_of, model_facts
from model_store.own.label_sets import LABEL_SETS, colours_for, labels_for, labels_from_text
from model_store.own.model import OwnModel, Preprocessing, clean, clean_name
from model_store.own.staging import new_stage
from model_store.own.store import (
    PRIVATE,
    delete_upload,
    find_own,
    is_upload_key,
    shared_keys,
    stage_upload,
    store_model,
    trim_uploads,
)
from model_store.own.toml import read_own, words_of, write_words
from tests.model_store.strangers import archive

HTML = '<img src=x onerror="alert(1)">'
OWN = OwnModel(
    title=f"Mine {HTML}",
    task="segmentation",
    kind="keras",
    labels=("road", HTML, "日本"),
    policy=InputPolicy(256, 512, 32),
    preprocessing=Preprocessing("hand", (1.5, 2.0, 1e-7), (255.0, 127.5, 1.0), "bgr"),
    answer="softmax",
    colours=((1, 2, 3), (4, 5, 6), (7, 8, 9)),
    licence="mine",
    source='a\\b "c"',
    files={"model.keras": "0" * 64},
)


@pytest.fixture
def own(tmp_path, monkeypatch):
    folder = tmp_path / "own"
    monkeypatch.setenv("VITRINE_OWN", str(folder))
    return folder


@pytest.fixture
def model_file(tmp_path):
    return archive(tmp_path / "model.keras")


@pytest.mark.parametrize(
    "model",
    [OWN, OwnModel("T", "classification", "h5", ("a", "b"), FixedSize(32, 48), files={"m.h5": "1" * 64})],
)
def test_what_is_written_is_read_back_equal(tmp_path, model):
    (tmp_path / "model.toml").write_text(words_of(model), "utf-8")
    assert read_own(tmp_path) == model


def test_labels_that_are_too_many_are_written_into_a_file_beside(tmp_path):
    labels = tuple(f"class of a long name, number {number}, é" for number in range(21_841))
    model = OwnModel("T", "classification", "h5", labels, FixedSize(32, 48), files={"m.h5": "1" * 64})
    write_words(tmp_path, model)
    assert (tmp_path / "model.toml").stat().st_size < 1000 and read_own(tmp_path) == model


def test_labels_may_stand_in_a_file_beside(tmp_path):
    text = words_of(OWN).replace('labels = ["road", ', 'labels = "names.txt" #')
    (tmp_path / "model.toml").write_text(text.replace('#"<img', "# <img"), "utf-8")
    (tmp_path / "names.txt").write_text("one\ntwo\ntwo\n")
    assert read_own(tmp_path).labels == ("one", "two", "two (2)")


WRONG = {
    'title = "Mine': ("title = 5 #", "title is 5"),
    'task = "segmentation"': (
        'task = "detection"',
        'task is \'detection\'; it must be "segmentation" or "classification"',
    ),
    'kind = "keras"': ('kind = "pickle"', "kind is 'pickle'"),
    'answer = "softmax"': ('answer = "maybe"', "answer is 'maybe'"),
    "[[1, 2, 3]": ("[[1, 2, 300]", "colours is"),
    'order = "bgr"': ('order = "brg"', "preprocessing.order is 'brg'"),
    'preset = "hand"': ('preset = "signed"', "preprocessing.preset is 'signed'"),
    "mean = [1.5,": ("mean = [", "preprocessing.mean is"),
    "scale = [255.0,": ("scale = [0,", "other than 0"),
    "short_side = 256": ("short_side = 1024", "input.long_side is 512"),
    "multiple = 32": ("multiple = 0", "input.multiple is 0"),
    "short_side = 256\n": ("short_side = 256\nheight = 3\n", "input is"),
    '"model.keras" = ': ('"../model.keras" = ', "files is '../model.keras'"),
    '"0000': ('"x000', "files.model.keras is"),
    "format = 1": ("format = 2", "format is 2"),
    "licence = ": ("license = ", "license is 'mine'; it must be one of title"),
    "[input]": ("[input", "cannot be read as TOML"),
}


@pytest.mark.parametrize("old", WRONG)
def test_each_bad_value_is_one_sentence_with_key_and_remedy(tmp_path, old):
    new, sentence = WRONG[old]
    (tmp_path / "model.toml").write_text(words_of(OWN).replace(old, new, 1), "utf-8")
    with pytest.raises(ModelError) as caught:
        read_own(tmp_path)
    assert sentence in str(caught.value) and len(str(caught.value)) < 900 + len(str(tmp_path))


def test_text_of_strangers_is_text():
    assert clean("a\x00\x1b[31m\u202e\tb\n" + HTML, 200) == f"a[31m b {HTML}"
    assert clean("x" * 500, 100) == "x" * 100
    assert clean_name("![see](http://a.b) `x`", 100) == "!(see)(http://a.b) 'x'"


def test_the_catalogue_follows_the_folder(own, model_file):
    assert catalogue() == CATALOGUE and shared_keys() == ()
    store_model("mine", OWN, {"model.keras": model_file})
    entry = catalogue()["mine"]
    assert (
        entry.labels == OWN.labels
        and not entry.shipped
        and availability(entry).ready
        and entry.preset == "raw"
    )
    assert model_facts(ModelRef.parse("mine")).labels[1] == HTML
    before = model_facts(ModelRef("mine")).fingerprint
    words = own / "mine" / "model.toml"
    words.write_text(words.read_text("utf-8").replace('order = "bgr"', 'order = "rgb"'), "utf-8")
    assert model_facts(ModelRef("mine")).fingerprint != before
    words.write_text("broken", "utf-8")
    assert "mine" not in catalogue()
    with pytest.raises(ModelError, match="cannot be read as TOML"):
        entry_of(ModelRef("mine"))


def test_words_that_are_too_large_are_refused_at_once(own, model_file):
    store_model("mine", OWN, {"model.keras": model_file})
    (own / "mine" / "model.toml").write_text("a = [" + "1," * 2**21 + "]")
    began = time.process_time()
    with pytest.raises(ModelError, match="model.toml is larger than 64 KB"):
        find_own("mine")
    assert time.process_time() - began < 0.5


def test_what_cannot_be_read_is_looked_at_once_until_a_file_changes(own, model_file, monkeypatch, caplog):
    store_model("mine", OWN, {"model.keras": model_file})
    words = own / "mine" / "model.toml"
    text = words.read_text("utf-8").replace('labels = ["road", ', 'labels = "names.txt" # ')
    words.write_text(text, "utf-8")
    read, looked = read_own, []
    monkeypatch.setattr(
        "model_store.own.store.read_own", lambda folder: looked.append(folder) or read(folder)
    )
    for _ in range(5):
        with pytest.raises(ModelError, match="labels is 'names.txt'"):
            find_own("mine")
        assert "mine" not in catalogue()
    assert len(looked) == 1 and len(caplog.records) == 1
    (own / "mine" / "names.txt").write_text("one\ntwo\nthree\n")
    assert find_own("mine").labels == ("one", "two", "three") and len(looked) == 2


def test_cityscapes_classes_can_be_summed_up(own, model_file):
    labels = labels_for("cityscapes", 19)
    store_model(
        "mine",
        OwnModel("Streets", "segmentation", "keras", labels, FixedSize(64, 64)),
        {"model.keras": model_file},
    )
    fine, grouped = (model_facts(ModelRef("mine", grouped)) for grouped in (False, True))
    assert len(fine.labels) == 19 and len(grouped.labels) == 7 and fine.fingerprint != grouped.fingerprint


def test_changed_or_missing_files_are_named(own, model_file):
    store_model("mine", OWN, {"model.keras": model_file})
    (own / "mine" / "model.keras").write_bytes(b"other")
    with pytest.raises(ModelError, match="is not what was admitted"):
        model_facts(ModelRef("mine"))
    (own / "mine" / "model.keras").unlink()
    with pytest.raises(ModelError, match=r"model.keras is missing .* add the model again"):
        model_facts(ModelRef("mine"))


def test_an_uploaded_model_is_found_by_its_key_alone(own, model_file, tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path / "models"))
    staged = stage_upload(model_file.read_bytes(), f"../{HTML}.keras")
    assert staged.is_relative_to(own) and staged.name == "model.keras"
    key = store_model(None, OWN, {"model.keras": staged})
    assert is_upload_key(key) and key not in catalogue() and shared_keys() == ()
    assert entry_of(ModelRef.parse(key)).title == OWN.title
    with pytest.raises(ModelError) as caught:
        ModelRef.parse("private-" + "0" * 32)
    assert key not in str(caught.value)
    converted = converted_folder(model_facts(ModelRef(key)))
    converted.mkdir(parents=True)
    delete_upload(key)
    assert not converted.exists() and converted.parent.exists()
    with pytest.raises(ModelError, match="There is no model called"):
        ModelRef.parse(key)


@pytest.mark.parametrize("key", ["", "../x", "A", "private-x", "a/b", "." * 3, "x" * 61])
def test_keys_for_everybody(own, model_file, key):
    with pytest.raises(ModelError, match="A key is made of"):
        store_model(key, OWN, {"model.keras": model_file})
    assert not any(own.glob("[!.]*"))


def test_a_key_is_given_once_and_the_owner_s_models_stay(own, model_file):
    store_model("mine", OWN, {"model.keras": model_file}, link=True)
    assert (own / "mine" / "model.keras").is_symlink() and availability(entry_of(ModelRef("mine"))).ready
    with pytest.raises(ModelError, match="There is already a model called mine"):
        store_model("mine", OWN, {"model.keras": model_file})
    delete_upload("mine")
    assert shared_keys() == ("mine",)


def test_uploads_have_a_limit(own, monkeypatch):
    monkeypatch.setenv("VITRINE_OWN_MB", "1")
    with pytest.raises(ModelError, match="has 2 MB, and at most 1 MB"):
        stage_upload(bytes(2**20 + 1), "a.keras")
    with pytest.raises(ModelError, match="not a model that Vitrine reads"):
        stage_upload(b"noise", "a.keras")
    assert not list(own.rglob("*.keras"))
    monkeypatch.setenv("VITRINE_OWN_MB", "many")
    with pytest.raises(SettingError, match="is a whole number of megabytes; received 'many'"):
        stage_upload(b"", "a.keras")


def test_uploads_are_kept_for_some_days_and_so_many_bytes(own, model_file, monkeypatch):
    keys = [store_model(None, OWN, {"model.keras": model_file}) for _ in range(3)]
    now = time.time()
    for age, key in zip((9 * 86400, 3600, 0), keys, strict=True):
        os.utime(own / key, (now - age, now - age))
    trim_uploads()
    assert [(own / key).exists() for key in keys] == [False, True, True]
    monkeypatch.setenv("VITRINE_OWN_PRIVATE_MB", "0")
    trim_uploads()
    assert [(own / key).exists() for key in keys] == [False, False, True]
    old = new_stage()
    os.utime(old, (now - 7 * 3600, now - 7 * 3600))
    trim_uploads()
    assert not old.exists()


def test_what_was_converted_of_uploads_that_are_gone_goes_some_days_later(
    own, model_file, tmp_path, monkeypatch
):
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path / "downloads"))
    key, long_ago = store_model(None, OWN, {"model.keras": model_file}), time.time() - 9 * 86400
    folders = [
        converted_base() / name
        for name in (f"{key}-1", f"{PRIVATE}{32 * 'a'}-1", f"{PRIVATE}{32 * 'b'}-1", "shipped-1")
    ]
    for folder, born in zip(folders, (long_ago, long_ago, time.time(), long_ago), strict=True):
        folder.mkdir(parents=True)
        os.utime(folder, (born, born))
    trim_uploads()
    assert [folder.exists() for folder in folders] == [True, False, True, True]


def test_label_sets_fit_the_classes():
    assert labels_for("imagenet", 1001)[:2] == ("background", "tench, Tinca tinca") and labels_for(
        "imagenet", 1000
    )[0].startswith("tench")
    assert labels_for("categories", 7)[0] == "flat" and len(colours_for("categories", 7)) == 7
    assert labels_for("ade20k", 150)[149] == "flag" and labels_for("cityscapes", 19)[13] == "car"
    assert all(len(set(known.labels)) == len(known.labels) for known in LABEL_SETS.values())
    with pytest.raises(
        ModelError, match="Cityscapes, 19 classes has 19 labels, and the model returns 21 classes"
    ):
        labels_for("cityscapes", 21)


@pytest.mark.parametrize(
    "text", ["a\nb\n", "0: a\n1: b", '["a", "b"]', '{"id2label": {"0": "a", "1": "b"}}', "\ufeffa\r\nb"]
)
def test_labels_as_text(text):
    assert labels_from_text(text, 2) == ("a", "b")


@pytest.mark.parametrize("text", ["a", "a\nb\nc", '["a"', "[" * 9999, '{"0": "a"}'])
def test_labels_that_do_not_fit(text):
    with pytest.raises(ModelError, match="labels"):
        labels_from_text(text, 2)
