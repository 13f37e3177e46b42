"""Choice of a preprocessing: the graph settles it, else many images, and it is said how sure it is."""

import json
from dataclasses import replace

import numpy as np
import pytest

from compute.doctor.admission import suggested_description
from compute.doctor.diagnosis import Diagnosis, Outline, Trial
from compute.doctor.examining import examine_in_process
from compute.doctor.preset_choice import preset_warning, rival_of
from compute.doctor.preset_trials import ROUND, Samples, TrialOptions, trials_of
from engine.errors import ModelError
from engine.images.picture import Picture
from model_store.base import runtime
from model_store.base.scaling import SCALINGS

PRESETS = {name: SCALINGS[name] for name in ("signed", "unit", "raw")}


def colours(count):
    """Pictures of one colour each, from dark to bright and from red to blue."""
    rng = np.random.default_rng(5)
    shades = rng.uniform(0, 255, (count, 1, 1, 3))
    pixels = np.broadcast_to(shades, (count, 8, 12, 3)).astype(np.float32)
    return Samples(tuple(map(str, range(count))), pixels)


def told_apart(gain, shift=0.0):
    """A network that is sure where means are far from a shift."""
    calls = []

    def answers(given):
        calls.append(len(given))
        logits = gain * (given.mean(axis=(1, 2)) - shift)
        chances = np.exp(logits - logits.max(-1, keepdims=True))
        return (chances / chances.sum(-1, keepdims=True)).astype(np.float32)

    return answers, calls


def test_what_is_sure_needs_few_images():
    """Of `unit` and `signed` the numbers are small: only raw colours tell this network anything."""
    answers, calls = told_apart(0.05)
    trials = trials_of(answers, colours(48), PRESETS)
    assert trials[0].preset == "raw" and trials[0].sure > 0.99
    assert {trial.pictures for trial in trials} == {2 * ROUND} and len(calls) == 2 * 2 * ROUND * len(PRESETS)


def test_what_is_not_sure_is_shown_all_images_and_says_so():
    """Both scalings differ by a factor alone: their answers are alike."""
    scalings = {"signed": PRESETS["signed"], "torch": PRESETS["signed"]}
    trials = trials_of(told_apart(4.0)[0], colours(40), scalings)
    assert [trial.pictures for trial in trials] == [40, 40] and len(trials[0].answers) == 9
    close = replace(scalings["signed"], scale=scalings["signed"].scale * np.float32(1.02))
    trials = trials_of(told_apart(4.0)[0], colours(40), {"signed": PRESETS["signed"], "torch": close})
    found = diagnosed(trials)
    assert found.suggested_preset == "signed" and rival_of(found) == "torch"
    assert "hardly tell signed from torch" in str(preset_warning(found, "signed"))


def test_another_round_begins_only_if_there_is_time():
    trials = trials_of(told_apart(0.0)[0], colours(40), PRESETS, TrialOptions(seconds=0.0))
    assert {trial.pictures for trial in trials} == {ROUND}
    settled = trials_of(told_apart(0.0)[0], colours(40), PRESETS, TrialOptions(settled=True))
    assert {trial.pictures for trial in settled} == {ROUND}


def diagnosed(trials, **given):
    shapes = {"input_shape": (8, 12, 3), "output_shape": (3,), "row_sums": (1.0, 1.0), "tried_hw": (8, 12)}
    counts = {"classes": 3, "nested": 0, "layers": 1, "parameters": 1, "memory_mb": 1, "seconds_per_run": 0.1}
    empty = {"labels": (), "target_layers": (), "methods": (), "files": {}, "task": "classification"}
    seen = {"answer": "softmax", "answer_certain": True, "gradients": True, "relu": True, "kind": "keras"}
    return Diagnosis(trials=tuple(trials), **shapes, **counts, **empty, **seen, **given)


CLEAR = (
    Trial("signed", 0.9, 1.0, 1.6, (), sure=0.99, pictures=40),
    Trial("raw", 1.0, 0.5, 0.4, (), sure=0.01, pictures=40),
)


def test_the_graph_counts_more_than_the_images():
    found = diagnosed(CLEAR, shown_preset="raw")
    assert suggested_description(found, "toy").preprocessing.preset == "raw"
    assert preset_warning(found, "raw") is None and rival_of(found) is None
    assert "scale colours themselves and ask for raw" in str(preset_warning(found, "signed"))
    assert Diagnosis.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_a_sure_choice_has_no_rival_and_a_close_one_has():
    assert rival_of(diagnosed(CLEAR)) is None and preset_warning(diagnosed(CLEAR), "signed") is None
    close = (replace(CLEAR[0], sure=0.6), replace(CLEAR[1], sure=0.4))
    assert rival_of(diagnosed(close)) == "raw"
    near = (CLEAR[0], replace(CLEAR[1], information=1.5, consistency=1.0))
    assert rival_of(diagnosed(near)) == "raw"


def test_an_outline_is_read_strictly():
    assert Outline.from_json({"classes": 3, "labels": ["a"]}) == Outline(3, ("a",))
    with pytest.raises(ModelError, match="not an examination report"):
        Outline.from_json({"classes": "many"})


class Hyper:
    """What a search would choose."""

    def Float(self, _name, least, *_rest, **_options):
        return least

    def Choice(self, _name, options):
        return options[0]


def tuned(tmp_path, backbone):
    """What ``python -m training tune`` keeps."""
    from training.tune.network import build_core  # imports Keras
    from training.tune.settings import TuneSettings

    settings = TuneSettings(tmp_path, tmp_path, backbone, "none", size=32, batch=4, epochs=1, factor=3)
    return build_core(Hyper(), settings, 2)


def scaled(layer):
    keras = runtime.keras()
    stack = [keras.layers.Input((32, 32, 3)), layer, keras.layers.Conv2D(4, 3, activation="relu")]
    return keras.Sequential([*stack, keras.layers.Flatten(), keras.layers.Dense(2, activation="softmax")])


MODELS = {
    "rescaling": lambda _path: scaled(runtime.keras().layers.Rescaling(1 / 127.5, -1)),
    "normalization": lambda _path: scaled(runtime.keras().layers.Normalization(mean=120.0, variance=3600.0)),
    "tuned caffe": lambda path: tuned(path, "VGG16"),
    "tuned signed": lambda path: tuned(path, "MobileNetV2"),
}


@pytest.mark.models
@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_models_that_scale_colours_themselves_get_raw_from_the_doctor(tmp_path, make, monkeypatch):
    """These were given `caffe` or `signed` by their answers alone; the graph is right."""
    monkeypatch.setattr("compute.doctor.examining.ends_after", _no_limit)
    make(tmp_path).save(tmp_path / "model.keras")
    pictures = [Picture(one.astype(np.uint8), name) for name, one in zip("abcd", photos(), strict=True)]
    outlines = []
    found = examine_in_process(
        tmp_path / "model.keras", pictures, lambda _stage: None, outline=outlines.append
    )
    assert (found.shown_preset, found.suggested_preset) == ("raw", "raw")
    assert suggested_description(found, "toy").preprocessing.preset == "raw"
    assert preset_warning(found, "raw") is None and preset_warning(found, "caffe") is not None
    assert outlines == [Outline(2)]


def _no_limit(_seconds):
    from contextlib import nullcontext

    return nullcontext()


def photos():
    return np.random.default_rng(0).integers(0, 255, (4, 32, 32, 3))
