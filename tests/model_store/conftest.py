"""Tiny SegFormers in every layout, and a tiny U-Net, written once."""

import json
import shutil

import numpy as np
import pytest

from model_store.base import runtime
from model_store.catalogue import CATALOGUE

B0 = "segformer-b0-cityscapes"
NORMALISATION = {
    "do_rescale": True,
    "rescale_factor": 1 / 255,
    "image_mean": [0.485, 0.456, 0.406],
    "image_std": [0.229, 0.224, 0.225],
}


@pytest.fixture(scope="session")
def tiny_hf():
    """A SegFormer of the library as it is, 19 classes, with random weights and batch statistics."""
    transformers, tf = runtime.transformers_tf(), runtime.tensorflow()
    tf.keras.utils.set_random_seed(0)
    config = transformers.SegformerConfig(
        hidden_sizes=[8, 16, 24, 32],
        depths=[1, 1, 1, 1],
        num_attention_heads=[1, 1, 2, 4],
        decoder_hidden_size=16,
        id2label=dict(enumerate(CATALOGUE[B0].labels)),
    )
    model = transformers.TFSegformerForSemanticSegmentation(config)
    model(tf.zeros((1, 3, 64, 64)))
    random = np.random.default_rng(0)
    for weight in model.weights:
        spread = (
            random.normal(0, 0.15, weight.shape)
            if "moving_variance" not in weight.name
            else random.uniform(-0.5, 1, weight.shape)
        )
        weight.assign_add(spread.astype(np.float32))
    return model


def _settings(folder, model):
    folder.mkdir(parents=True)
    model.config.save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "segformer"}))
    (folder / "preprocessor_config.json").write_text(json.dumps(NORMALISATION))
    return folder


def pytorch_arrays(model):
    """The weights as PyTorch names and transposes them: what the library does when it reads such a file,
    backwards.
    """
    from transformers.modeling_tf_pytorch_utils import (
        apply_transpose,
        convert_tf_weight_name_to_pt_weight_name,
    )

    arrays = {"decode_head.batch_norm.num_batches_tracked": np.array(7)}
    for weight in model.weights:
        name, transpose = convert_tf_weight_name_to_pt_weight_name(weight.name, tf_weight_shape=weight.shape)
        name = name.replace("moving_mean", "running_mean").replace("moving_variance", "running_var")
        arrays[name] = np.ascontiguousarray(apply_transpose(transpose, weight.numpy(), pt_to_tf=False))
    return arrays


@pytest.fixture(scope="session")
def tiny_folders(tiny_hf, tmp_path_factory):
    """Folder by layout: h5, tensorflow, pytorch, half (TensorFlow's layout in half precision)."""
    from safetensors.numpy import load_file, save_file

    base = tmp_path_factory.mktemp("segformers")
    folders = {
        layout: _settings(base / layout, tiny_hf) for layout in ("h5", "tensorflow", "pytorch", "half")
    }
    tiny_hf.save_pretrained(base / "saved_h5")
    shutil.copy(base / "saved_h5" / "tf_model.h5", folders["h5"])
    tiny_hf.save_pretrained(base / "saved", safe_serialization=True)
    shutil.copy(base / "saved" / "model.safetensors", folders["tensorflow"])
    half = {
        name: array.astype(np.float16)
        for name, array in load_file(folders["tensorflow"] / "model.safetensors").items()
    }
    save_file(half, folders["half"] / "model.safetensors", {"format": "tf"})
    save_file(pytorch_arrays(tiny_hf), folders["pytorch"] / "model.safetensors", {"format": "pt"})
    return folders


@pytest.fixture(scope="session")
def street(tmp_path_factory):
    """Two pictures float32 (2, 64, 96, 3), RGB 0-255."""
    return np.random.default_rng(1).uniform(0, 255, (2, 64, 96, 3)).astype(np.float32)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Puts a folder where the catalogue looks for a downloaded model."""

    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path))
    return lambda folder, key=B0: shutil.copytree(folder, tmp_path / key, dirs_exist_ok=True)
