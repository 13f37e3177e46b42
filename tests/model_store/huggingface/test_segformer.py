"""The SegFormer: every layout, the short way against the library's own, gradients."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import h5py
import numpy as np
import pytest

from engine.errors import ModelError
from model_store.base import runtime
from model_store.catalogue import CATALOGUE, ModelRef
from model_store.huggingface.segformer import load_segformer, normalisation
from model_store.loading.inspection import inspect_network
from model_store.loading.load import load_model
from tests.model_store.conftest import B0

LAYOUTS = {
    "h5": "tf_model.h5",
    "tensorflow": "model.safetensors",
    "pytorch": "model.safetensors",
    "half": "model.safetensors",
}


@pytest.fixture(scope="module")
def networks(tiny_folders):
    return {
        layout: load_segformer(tiny_folders[layout], tiny_folders[layout] / name, 19)
        for layout, name in LAYOUTS.items()
    }


@pytest.fixture(scope="module")
def plain(tiny_hf, street):
    """Logits (2, 16, 24, 19) of the library's own way."""
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    pixels = ((street / 255 - mean) / std).astype(np.float32).transpose(0, 3, 1, 2)
    return tiny_hf(runtime.tensorflow().constant(pixels), training=False).logits.numpy().transpose(0, 2, 3, 1)


@pytest.mark.parametrize("layout", ["h5", "tensorflow", "pytorch"])
def test_the_short_way_gives_the_output_of_the_library(networks, plain, street, layout):
    outputs = networks[layout](runtime.tensorflow().constant(street)).numpy()
    assert outputs.shape == (2, 16, 24, 19) and plain.std() > 0.3
    np.testing.assert_allclose(outputs, plain, rtol=0, atol=1e-5)


def test_half_precision_is_read_into_single(networks, plain, street):
    network = networks["half"]
    assert {str(weight.dtype) for weight in network.graph.weights} == {"float32"}
    np.testing.assert_allclose(network(runtime.tensorflow().constant(street)).numpy(), plain, atol=0.1)


def test_the_examination_sees_what_the_folder_says(networks, tiny_folders, tiny_hf):
    look = inspect_network(networks["pytorch"], tiny_folders["pytorch"])
    assert (look.task, look.classes, look.size_hw, look.certain) == ("segmentation", 19, (None, None), True)
    assert look.labels == CATALOGUE[B0].labels and look.parameters == tiny_hf.count_params()
    assert look.scaling is not None and look.scaling.scale[0] == pytest.approx(1 / 255 / 0.229)
    assert look.expects is None and look.layers > 4 * 20


@pytest.fixture(scope="module")
def models(tiny_folders, tmp_path_factory):
    """The tiny model through the catalogue, fine and grouped."""
    base = tmp_path_factory.mktemp("models")
    shutil.copytree(tiny_folders["pytorch"], base / B0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VITRINE_MODELS", str(base))
        return {ref.grouped: load_model(ref) for ref in (ModelRef(B0), ModelRef(B0, grouped=True))}


def test_scores_without_gradients(models, plain, street):
    before = street.copy()
    logits = models[False].score_batch(street, "logit")
    probabilities = models[False].score_batch(street, "probability")
    assert logits.dtype == probabilities.dtype == np.float32
    np.testing.assert_allclose(logits, plain, atol=1e-5)
    np.testing.assert_allclose(probabilities, np.exp(plain) / np.exp(plain).sum(-1, keepdims=True), atol=1e-5)
    np.testing.assert_array_equal(street, before)


def test_every_size_runs_on_one_trace(models, street, rng):
    model = models[False]
    for height, width, count in ((64, 64, 1), (32, 96, 3), (96, 32, 2)):
        assert model.score_batch(
            rng.uniform(0, 255, (count, height, width, 3)).astype(np.float32), "logit"
        ).shape == (
            count,
            height // 4,
            width // 4,
            19,
        )
    assert model._logits.experimental_get_tracing_count() == 1


def test_a_picture_has_the_same_output_in_any_batch(models, street):
    np.testing.assert_allclose(
        models[False].score_batch(street[1:], "logit"),
        models[False].score_batch(street, "logit")[1:],
        atol=1e-5,
    )


def test_categories_are_sums_of_classes(models, street):
    fine, grouped = (models[key].score_batch(street, "probability") for key in (False, True))
    table = np.array(CATALOGUE[B0].grouping.of_class)
    summed = np.stack([fine[..., table == category].sum(-1) for category in range(7)], -1)
    np.testing.assert_allclose(grouped, summed, atol=1e-6)
    logits = models[True].score_batch(street, "logit")
    np.testing.assert_allclose(np.exp(logits) / np.exp(logits).sum(-1, keepdims=True), summed, atol=1e-6)
    assert models[True].facts.labels[0] == "flat" and logits.shape == (2, 16, 24, 7)


@pytest.mark.parametrize("grouped", [False, True])
def test_logits_have_gradients(models, street, grouped):
    tf = runtime.tensorflow()
    pictures = tf.Variable(street)
    with tf.GradientTape() as tape:
        score = tf.reduce_mean(models[grouped].logits(pictures)[..., 0])
    gradient = tape.gradient(score, pictures).numpy()
    assert gradient.shape == street.shape and np.isfinite(gradient).all() and np.abs(gradient).max() > 0


def test_gradient_agrees_with_a_difference(models, street, rng):
    tf = runtime.tensorflow()
    direction = rng.normal(size=street.shape).astype(np.float32)
    pictures = tf.Variable(street)
    with tf.GradientTape() as tape:
        score = tf.reduce_mean(models[False].logits(pictures)[..., 3])
    slope = float((tape.gradient(score, pictures).numpy() * direction).sum())
    ahead, behind = (
        float(models[False].score_batch(street + step * direction, "logit")[..., 3].mean())
        for step in (0.5, -0.5)
    )
    assert slope == pytest.approx(ahead - behind, rel=0.05, abs=1e-4)


def test_threads_share_a_model(models, street):
    with ThreadPoolExecutor(4) as pool:
        outputs = list(pool.map(lambda _: models[False].score_batch(street, "logit"), range(8)))
    for output in outputs[1:]:
        np.testing.assert_allclose(output, outputs[0], atol=1e-6)


def test_stages_are_the_taps(models):
    assert [target_layer.name for target_layer in models[False].target_layers] == [
        "stage 1",
        "stage 2",
        "stage 3",
        "stage 4",
    ]


@pytest.mark.parametrize("shape", [(0, 64, 64, 3), (64, 64, 3), (1, 64, 64, 4)])
def test_other_shapes_are_refused_in_words(models, shape):
    with pytest.raises(ModelError, match=r"\(number, height, width, 3\)"):
        models[False].score_batch(np.zeros(shape, np.float32), "logit")


def _broken(folders, tmp_path, **settings):
    folder = shutil.copytree(folders["tensorflow"], tmp_path / "broken")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | settings))
    return folder


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"model_type": "bert"}, "a SegFormer was expected"),
        ({"hidden_act": "nothing"}, "does not describe a SegFormer"),
        ({"id2label": {"0": "a", "1": "b"}}, "has 2 classes instead of 19"),
        ({"depths": [1, 1, 1]}, "does not describe a SegFormer"),
        ({"depths": [1, 1, 1, 1e9]}, "does not describe a SegFormer: depths has 1000000000.0; 1 to 64"),
        ({"hidden_sizes": [8, 16, 24, 10**7]}, "does not describe a SegFormer: hidden_sizes has 10000000"),
        ({"num_attention_heads": [1, 1, 5, 4]}, "5 attention heads do not divide 24 channels"),
        ({"decoder_hidden_size": -1}, "does not describe a SegFormer"),
        ({"num_encoder_blocks": "4"}, "does not describe a SegFormer"),
        ({"decoder_hidden_size": 24}, "cannot be read"),
        ({"depths": [2, 1, 1, 1]}, "lack 22 arrays"),
    ],
)
def test_a_folder_that_does_not_fit_is_refused_in_words(tiny_folders, tmp_path, settings, sentence):
    folder = _broken(tiny_folders, tmp_path, **settings)
    with pytest.raises(ModelError, match=sentence):
        load_segformer(folder, folder / "model.safetensors", 19)


@pytest.mark.parametrize("layout", ["h5", "tensorflow"])
def test_a_cut_file_is_refused_in_words(tiny_folders, tmp_path, layout):
    path = tmp_path / LAYOUTS[layout]
    path.write_bytes((tiny_folders[layout] / LAYOUTS[layout]).read_bytes()[:5000])
    with pytest.raises(ModelError, match="cannot be read"):
        load_segformer(tiny_folders[layout], path, 19)


@pytest.mark.parametrize(
    "change",
    [
        {"decode_head/linear_fuse/kernel:0": np.zeros((1, 1, 60, 16), np.float32)},
        {"decode_head/batch_norm/gamma:0": np.ones(9, np.float32)},
        {"segformer/encoder/block.0.0/mlp/dwconv/dwconv/kernel:0": np.zeros((3, 3, 32), np.float32)},
        {"segformer/encoder/layer_norm.0/beta:0": np.zeros((), np.float32)},
    ],
)
def test_arrays_of_other_shapes_are_refused_in_words(tiny_folders, tmp_path, change):
    from safetensors.numpy import load_file, save_file

    arrays, path = load_file(tiny_folders["tensorflow"] / "model.safetensors"), tmp_path / "model.safetensors"
    assert set(change) <= set(arrays)
    save_file(arrays | change, path, {"format": "tf"})
    with pytest.raises(ModelError, match="cannot be read"):
        load_segformer(tiny_folders["tensorflow"], path, 19)


def test_an_h5_file_of_texts_is_refused_in_words(tiny_folders, tmp_path):
    path = shutil.copy(tiny_folders["h5"] / "tf_model.h5", tmp_path)
    with h5py.File(path, "a") as file:
        file["segformer/note"] = "hello"
    with pytest.raises(ModelError, match="cannot be read"):
        load_segformer(tiny_folders["h5"], Path(path), 19)


@pytest.mark.parametrize(
    ("settings", "scale", "shift"),
    [
        ({}, 1 / 255 / 0.229, -0.485 / 0.229),
        ({"do_normalize": False}, 1 / 255, 0.0),
        ({"do_rescale": False, "image_mean": 128, "image_std": 2}, 0.5, -64.0),
        ({"rescale_factor": 1 / 127.5, "image_mean": [1.0] * 3, "image_std": [1.0] * 3}, 1 / 127.5, -1.0),
    ],
)
def test_colours_are_scaled_as_the_file_says(tmp_path, settings, scale, shift):
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(settings))
    got_scale, got_shift = normalisation(tmp_path / "preprocessor_config.json")
    assert got_scale[0] == pytest.approx(scale) and got_shift[0] == pytest.approx(shift)


@pytest.mark.parametrize(
    "settings",
    [{"image_std": [0, 1, 1]}, {"image_mean": "grey"}, {"image_mean": [1, 2]}, {"rescale_factor": None}],
)
def test_colours_that_cannot_be_scaled(tmp_path, settings):
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(settings))
    with pytest.raises(ModelError, match="how colours are scaled"), np.errstate(all="ignore"):
        normalisation(tmp_path / "preprocessor_config.json")
