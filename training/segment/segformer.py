"""The SegFormer (Xie et al. 2021, https://arxiv.org/abs/2105.15203) as it learns, and as a folder of Hugging
Face.

The encoder is the graph by which Vitrine runs such folders. Its head has projection, fuse and normalisation
of the paper in one matrix for each stage; learning wants the normalisation, so the head is built with it.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers
from safetensors.numpy import save_file

from engine.arrays import Floats
from model_store.base.label_maps import CATEGORY_NAMES
from model_store.huggingface.segformer_graph import SegformerPlan, build_segformer_graph
from model_store.huggingface.segformer_layers import EnlargedTo
from training.common.keras_files import halved
from training.segment.config import Model
from training.segment.measure import MULTIPLE, SHORT_SIDE

MEAN_RGB = (0.485, 0.456, 0.406)
STD_RGB = (0.229, 0.224, 0.225)
EXPORTED = "model.safetensors"
"""File of the weights in the folder of an exported one."""
_SOURCES = re.compile(r"segformer\.encoder\.")


def segformer_settings(model: Model) -> dict[str, Any]:
    """`config.json` of the library, with the categories as labels."""
    return {
        "architectures": ["SegformerForSemanticSegmentation"],
        "model_type": "segformer",
        "depths": list(model.blocks),
        "hidden_sizes": list(model.widths),
        "num_attention_heads": list(model.heads),
        "decoder_hidden_size": model.decoder,
        "classifier_dropout_prob": 0.0,
        "drop_path_rate": 0.0,
        "id2label": {str(index): name for index, name in enumerate(CATEGORY_NAMES)},
        "label2id": {name: index for index, name in enumerate(CATEGORY_NAMES)},
    }


def _encoder(model: Model) -> tuple[keras.Model, list[tuple[Any, str]]]:
    """Scaled RGB to the maps of the stages, and its layers with their names among the arrays of a file."""
    graph, sources = build_segformer_graph(SegformerPlan.of(segformer_settings(model)))
    stages = [graph.get_layer(f"stage_{number + 1}").output for number in range(len(model.widths))]
    return keras.Model(graph.input, stages, name="encoder"), [
        (layer, source) for layer, source in sources if _SOURCES.match(source)
    ]


def build_segformer(model: Model) -> keras.Model:
    """RGB 0-255 (B, H, W, 3) to logits (B, H/4, W/4, 8), random weights."""
    encoder, sources = _encoder(model)
    draw = keras.initializers.GlorotUniform()
    for weight in (weight for layer, _ in sources for weight in layer.weights if "kernel" in weight.name):
        weight.assign(draw(weight.shape))
    inputs = keras.Input((None, None, 3), name="pixels")
    scale, shift = 1 / (255 * np.array(STD_RGB)), -np.array(MEAN_RGB) / np.array(STD_RGB)
    stages = encoder(layers.Rescaling(scale.tolist(), shift.tolist(), name="scaled")(inputs))
    parts = [layers.Dense(model.decoder, name=f"part{place}")(maps) for place, maps in enumerate(stages)]
    larger = [EnlargedTo(name=f"larger{place}")(part, parts[0]) for place, part in enumerate(parts[1:], 1)]
    joined = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name="norm")(
        layers.Add(name="joined")([parts[0], *larger])
    )
    logits = layers.Conv2D(len(CATEGORY_NAMES), 1, name="logits")(layers.ReLU(name="active")(joined))
    return keras.Model(inputs, logits, name="segformer")


def _arrays(trained: Any, model: Model) -> Iterator[tuple[str, Floats]]:
    """Arrays as TensorFlow names them in the library's files; projections hold what the 1x1 fuse would do, so
    that the fuse only adds.
    """
    _, sources = _encoder(model)
    encoder = trained.get_layer("encoder")
    for layer, source in sources:
        for weight in encoder.get_layer(layer.name).weights:
            values = weight.numpy()
            depthwise = source.endswith(".dwconv") and weight.name == "kernel"
            yield f"{source}.{weight.name}", values.swapaxes(2, 3) if depthwise else values
    for place in range(len(model.widths)):
        for weight in trained.get_layer(f"part{place}").weights:
            yield f"decode_head.linear_c.{place}.proj.{weight.name}", weight.numpy()
    adding = np.concatenate([np.eye(model.decoder, dtype=np.float32)] * len(model.widths))
    yield "decode_head.linear_fuse.kernel", adding[None, None]
    for name, layer in (("batch_norm", "norm"), ("classifier", "logits")):
        for weight in trained.get_layer(layer).weights:
            yield f"decode_head.{name}.{weight.name}", weight.numpy()


def write_segformer(trained: Any, model: Model, folder: Path) -> int:
    """Writes a Hugging Face folder, float16; returns the number of parameters."""
    arrays = {re.sub(r"\.(?!\d)", "/", name) + ":0": values for name, values in _arrays(trained, model)}
    halves = {name: np.ascontiguousarray(halved(values, name)) for name, values in arrays.items()}
    save_file(halves, folder / EXPORTED, metadata={"format": "tf"})
    (folder / EXPORTED).chmod(0o644)
    facts = {
        "image_processor_type": "SegformerImageProcessor",
        "do_resize": False,
        "do_rescale": True,
        "do_normalize": True,
        "do_reduce_labels": False,
        "rescale_factor": 1 / 255,
        "image_mean": MEAN_RGB,
        "image_std": STD_RGB,
        "size": {"height": SHORT_SIDE, "width": SHORT_SIDE},
        "size_divisor": MULTIPLE,
    }
    for name, said in (("config", segformer_settings(model)), ("preprocessor_config", facts)):
        (folder / f"{name}.json").write_text(json.dumps(said, indent=2) + "\n")
    return sum(values.size for values in halves.values())
