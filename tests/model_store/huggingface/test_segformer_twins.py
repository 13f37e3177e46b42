"""The Keras 3 graph of a SegFormer against the library's own classes: other shapes, gradients, attention."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from model_store.base import runtime
from model_store.base.folders import model_folder
from model_store.catalogue import CATALOGUE
from model_store.huggingface.segformer import load_segformer
from model_store.network.layer_gradients import layer_gradients
from tests.model_store.conftest import NORMALISATION, pytorch_arrays

pytestmark = pytest.mark.models

SHIPPED = model_folder(CATALOGUE["streets-segformer"])
PLANS = {
    "three deep stages": {
        "num_encoder_blocks": 3,
        "depths": [1, 3, 2],
        "hidden_sizes": [8, 12, 20],
        "num_attention_heads": [2, 3, 5],
        "sr_ratios": [4, 1, 2],
        "mlp_ratios": [2, 4, 3],
        "patch_sizes": [5, 3, 3],
        "strides": [3, 2, 2],
        "decoder_hidden_size": 12,
    },
    "one stage, SiLU": {
        "num_encoder_blocks": 1,
        "depths": [2],
        "hidden_sizes": [8],
        "num_attention_heads": [4],
        "sr_ratios": [3],
        "mlp_ratios": [4],
        "patch_sizes": [7],
        "strides": [4],
        "decoder_hidden_size": 6,
        "hidden_act": "silu",
    },
    "B0": {},
}
SIZES = [(64, 96), (75, 101)]
NEAR = {"rtol": 0, "atol": 1e-4}


def library_model(settings):
    """A model of the library with random weights, also where it would begin with zeros and ones."""
    transformers, tf = runtime.transformers_tf(), runtime.tensorflow()
    config = transformers.SegformerConfig(**settings, num_labels=5)
    model = transformers.TFSegformerForSemanticSegmentation(config)
    model.build_in_name_scope()
    random = np.random.default_rng(3)
    for weight in model.weights:
        fan = np.prod(weight.shape[:-1]) if len(weight.shape) > 1 else 25
        low = 0.5 if "moving_variance" in weight.name else 0.0
        spread = np.abs(random.normal(0, 0.5, weight.shape)) if low else random.normal(0, 1, weight.shape)
        weight.assign(low + spread / (1 if low else np.sqrt(fan)) + ("gamma" in weight.name))
    assert tf.executing_eagerly()
    return model


def write_folder(model, folder, settings):
    from safetensors.numpy import save_file

    said = settings | {"model_type": "segformer", "id2label": {str(index): f"c{index}" for index in range(5)}}
    (folder / "config.json").write_text(json.dumps(said))
    (folder / "preprocessor_config.json").write_text(json.dumps(NORMALISATION))
    save_file(pytorch_arrays(model), folder / "model.safetensors", {"format": "pt"})


@pytest.fixture(scope="module", params=[*PLANS, "shipped"])
def twins(request, tmp_path_factory):
    """The library's model, and ours of the same files."""
    if request.param == "shipped":
        transformers = runtime.transformers_tf()
        model = transformers.TFSegformerForSemanticSegmentation.from_pretrained(
            SHIPPED, local_files_only=True
        )
        return model, load_segformer(SHIPPED, SHIPPED / "model.safetensors", 8)
    folder = tmp_path_factory.mktemp("twin")
    model = library_model(PLANS[request.param])
    write_folder(model, folder, PLANS[request.param])
    return model, load_segformer(folder, folder / "model.safetensors", 5)


def scaled(pictures):
    """What the library takes: (N, H, W, 3), to be transposed."""
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    return ((pictures / 255 - mean) / std).astype(np.float32)


def pictures_of(size_hw, number=2):
    return np.random.default_rng(4).uniform(0, 255, (number, *size_hw, 3)).astype(np.float32)


@pytest.mark.parametrize("size_hw", SIZES)
def test_answers_and_gradients_are_those_of_the_library(twins, size_hw):
    tf, (model, ours) = runtime.tensorflow(), twins
    pictures = pictures_of(size_hw)
    with tf.GradientTape(persistent=True) as tape:
        inputs = tf.Variable(pictures)
        pixels = (inputs / 255 - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
        outputs = model.segformer(tf.transpose(pixels, (0, 3, 1, 2)), output_hidden_states=True)
        stages = [tf.transpose(stage, (0, 2, 3, 1)) for stage in outputs.hidden_states]
        logits = model.decode_head([tf.transpose(stage, (0, 3, 1, 2)) for stage in stages])
        weights = np.random.default_rng(5).normal(size=logits.shape).astype(np.float32)
        score = tf.reduce_sum(logits * weights)
    names = [target_layer.name for target_layer in ours.target_layers]
    assert names == [f"stage {number}" for number in range(1, len(stages) + 1)]
    assert ours.target_layers[-1].best and ours.parameters == model.count_params()
    np.testing.assert_allclose(ours(pictures).numpy(), logits.numpy(), **NEAR)
    found = layer_gradients(ours, pictures, weights, ["input", *names])
    assert logits.numpy().std() > 0.1
    for name, stage in zip(names, stages, strict=True):
        np.testing.assert_allclose(found[name].activation, stage.numpy(), **NEAR)
        np.testing.assert_allclose(found[name].gradient, tape.gradient(score, stage).numpy(), **NEAR)
    np.testing.assert_allclose(found["input"].gradient, tape.gradient(score, inputs).numpy(), **NEAR)


@pytest.mark.parametrize("size_hw", SIZES)
def test_attention_is_that_of_the_library(twins, size_hw):
    model, ours = twins
    picture = pictures_of(size_hw, 1)
    blocks = model.segformer.encoder(scaled(picture), output_attentions=True).attentions
    facts = [facts for facts in ours.features.layers(size_hw) if facts.attends]
    assert len(facts) == len(blocks) == sum(model.config.depths)
    for block, library in zip(facts, blocks, strict=True):
        rows, columns, heads = block.shape_hwk
        found = ours.features.attention(picture[0], block.name, (rows - 1, 1))
        np.testing.assert_allclose(found.reshape(heads, -1), library[0, :, (rows - 1) * columns + 1], **NEAR)
        np.testing.assert_allclose(found.sum((1, 2)), 1, **NEAR)


def test_names_that_links_know_are_kept(twins):
    model, ours = twins
    names = [facts.name for facts in ours.features.layers((64, 96))]
    blocks = [
        f"stage {stage} block {block} {part}"
        for stage, depth in enumerate(model.config.depths, 1)
        for block in range(1, depth + 1)
        for part in ("attention", "hidden")
    ]
    known = [*blocks, "decode head", "class logits"]
    assert [name for name in names if name in known] == known and len(set(names)) == len(names)
    kinds = {facts.name: (facts.kind, facts.activation) for facts in ours.features.layers((64, 96))}
    function = {"gelu": "GELU", "silu": "SiLU"}[model.config.hidden_act]
    assert kinds["stage 1 block 1 hidden"] == ("DepthwiseConv2D", function)
    assert kinds["stage 1"] == ("Stage", "") and kinds["decode head"] == ("All-MLP decoder", "ReLU")
    assert ours.features.kernels().layer == "patch embedding of stage 1"


def test_bfloat16_is_read(tmp_path):
    settings, pictures = PLANS["one stage, SiLU"], pictures_of((64, 96))
    model = library_model(settings)
    write_folder(model, tmp_path, settings)
    path = tmp_path / "model.safetensors"
    wanted = load_segformer(tmp_path, path, 5)(pictures).numpy()
    path.write_bytes(in_bfloat16(pytorch_arrays(model)))
    np.testing.assert_allclose(load_segformer(tmp_path, path, 5)(pictures), wanted, atol=0.1 * wanted.std())


def in_bfloat16(arrays):
    """A file of such arrays, which safetensors reads and does not write: the upper halves of float32."""
    header, content = {}, b""
    for name, values in arrays.items():
        halves = (np.ascontiguousarray(values, np.float32).view(np.uint32) >> 16).astype("<u2").tobytes()
        places = [len(content), len(content) + len(halves)]
        header[name] = {"dtype": "BF16", "shape": list(values.shape), "data_offsets": places}
        content += halves
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + content


@pytest.mark.processes
def test_the_library_is_not_imported():
    code = f"""
import sys
from pathlib import Path
import numpy as np
from model_store.loading.own import ReadOptions, read_network
from model_store.own.model import Preprocessing
network = read_network(Path({str(SHIPPED)!r}), ReadOptions("huggingface", Preprocessing("file")))
assert network(np.zeros((1, 64, 64, 3), np.float32)).shape == (1, 16, 16, 8)
assert not {{"transformers", "tf_keras", "torch"}} & set(sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
