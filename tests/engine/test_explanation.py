import json
from dataclasses import replace

import numpy as np
import pytest

from engine.errors import StoreError, VitrineError
from engine.explanation import Cost, Explanation, Parts, Provenance
from engine.targets import BorderTarget, ClassContrast, ClassTarget, SharedBorderTarget, ZoneTarget

LEFT = np.arange(12).reshape(3, 4) % 4 < 2
ZONE = ZoneTarget(2, LEFT, label="vehicle, zone 1")
TARGETS = [
    ClassTarget(3, label="pug"),
    ClassContrast(3, 1),
    ZONE,
    BorderTarget(ZONE, label="border"),
    SharedBorderTarget(ZONE, ZoneTarget(1, ~LEFT), label="shared"),
]


def explanation(target=ZONE, **changes):
    values = np.linspace(0, 1, 16, dtype=np.float32).reshape(4, 4)
    facts = {
        "values": values, "signed": False, "target": target,
        "method": "sobol", "params": {"grid": 4}, "score": 0.9,
        "cost": Cost(144, seconds=2.5),
        "provenance": Provenance("toy", "abc", "street <b>", "def", {"numpy": "2"}),
        "lower": values - 0.1, "upper": values + 0.1, "stability": 0.8, "warnings": ("Careful.",),
    }  # fmt: skip
    return Explanation(**(facts | changes))


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: type(target).__name__)
def test_what_is_saved_is_read_back_equal(target, tmp_path):
    saved = explanation(target)
    saved.save(tmp_path / "it")
    assert Explanation.load(tmp_path / "it") == saved


def test_without_band_too(tmp_path):
    saved = explanation(lower=None, upper=None, stability=None)
    saved.save(tmp_path)
    assert Explanation.load(tmp_path) == saved


def test_which_cells_are_sure_too(tmp_path):
    saved = explanation(sure=np.eye(4, dtype=bool))
    saved.save(tmp_path)
    assert Explanation.load(tmp_path) == saved != explanation(sure=~saved.sure)


def test_with_parts_and_figures_too(tmp_path):
    labels = np.repeat(np.arange(2, dtype=np.int32), 8).reshape(4, 4)
    numbers = np.array([0.5, -0.25], np.float32)
    parts = Parts(labels, numbers, np.abs(numbers), np.zeros(2, np.float32), np.array([True, False]))
    saved = explanation(values=numbers[labels], lower=None, upper=None, parts=parts, figures={"R2": 0.75})
    saved.save(tmp_path)
    read = Explanation.load(tmp_path)
    assert read == saved != explanation(values=numbers[labels], lower=None, upper=None)
    assert read.figures == {"R2": 0.75}
    np.testing.assert_array_equal(read.parts.labels, labels)
    untested = replace(saved, parts=replace(parts, sure=None))
    untested.save(tmp_path)
    assert Explanation.load(tmp_path) == untested != saved


def test_the_manifest_is_plain_json_and_arrays_need_no_pickle(tmp_path):
    explanation().save(tmp_path)
    assert json.loads((tmp_path / "manifest.json").read_text())["target"]["label"] == "vehicle, zone 1"
    with np.load(tmp_path / "arrays.npz", allow_pickle=False) as arrays:
        assert set(arrays) == {"values", "lower", "upper", "target.mask"}


@pytest.mark.parametrize("damage", ["missing", "cut", "json", "kind"])
def test_a_damaged_folder_gets_one_sentence(damage, tmp_path):
    explanation().save(tmp_path)
    arrays, manifest = tmp_path / "arrays.npz", tmp_path / "manifest.json"
    if damage == "missing":
        arrays.unlink()
    elif damage == "cut":
        arrays.write_bytes(arrays.read_bytes()[:100])
    elif damage == "json":
        manifest.write_text("{")
    else:
        manifest.write_text(manifest.read_text().replace("ZoneTarget", "Scorer"))
    with pytest.raises(StoreError, match="compute it again"):
        Explanation.load(tmp_path)


def test_different_content_is_not_equal():
    assert explanation() != explanation(score=0.8)
    assert explanation() != explanation(lower=None)


@pytest.mark.parametrize(
    "bad",
    [
        {"values": np.zeros((4, 4))},
        {"lower": np.zeros((2, 2), np.float32)},
        {"values": np.full((4, 4), np.nan, np.float32)},
        {"sure": np.zeros((4, 4), np.float32)},
    ],
)
def test_wrong_arrays_are_refused(bad):
    with pytest.raises(ValueError, match="float32|bool|finite"):
        explanation(**bad)


def test_errors_keep_their_template_for_translation_and_travel():
    import pickle

    error = pickle.loads(pickle.dumps(StoreError("No {what} here.", what="bread")))
    assert (
        str(error) == "No bread here." and error.text == "No {what} here." and isinstance(error, VitrineError)
    )
