"""Weights of a SegFormer in files of the library, in any of the three layouts of its history.

No file is a pickle, so reading them runs no code; other numbers become float32. Arrays are named as
TensorFlow names them, with points: ``segformer.encoder.block.0.0.mlp.dense1.kernel``.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.arrays import Floats
from model_store.huggingface.library_weights import is_pytorch_layout, refuse_unfit
from model_store.huggingface.segformer_graph import FUSED, Sources

Arrays = dict[str, Floats]

_TENSORFLOW = re.compile(r"^.*(segformer/encoder|decode_head)/(.+?)(:0)?$", re.DOTALL)
_ROLES = {"running_mean": "moving_mean", "running_var": "moving_variance"}
_NORMS = {"weight": "gamma", "bias": "beta"}
_KERNELS = {"weight": "kernel", "bias": "bias"}
_EPSILON = 1e-5


def load_segformer_weights(sources: Sources, stages: int, path: Path) -> int:
    """Puts the weights of a file into the layers of a graph; returns how many numbers they are.

    Args:
        sources: of ``build_segformer_graph``.
        stages: how many it has.
        path: ``*.h5``, or ``*.safetensors`` in TensorFlow's or PyTorch's layout.

    Raises:
        ModelError: the file is damaged or of another model.
    """
    wanted = [*_head_names(stages), *(name for name, _ in _weights(sources) if not name.startswith(FUSED))]
    arrays: Arrays = {}

    def load() -> list[str]:
        arrays.update(_read(path))
        missing = [name for name in wanted if name not in arrays]
        if not missing:
            arrays.update(_fused(arrays, stages))
            for name, weight in _weights(sources):
                weight.assign(_as_keras(name, arrays[name]))
        return missing

    refuse_unfit(path, load)
    return sum(arrays[name].size for name in wanted)


def _weights(sources: Sources) -> Iterator[tuple[str, Any]]:
    for layer, source in sources:
        for weight in layer.weights:
            yield f"{source}.{weight.name}", weight


def _as_keras(name: str, values: Floats) -> Floats:
    """Depthwise kernels (3, 3, 1, C) are (3, 3, C, 1) in Keras 3."""
    return values.swapaxes(2, 3) if name.endswith(".dwconv.kernel") else values


def _read(path: Path) -> Arrays:
    if path.suffix == ".h5":
        return _named(_hdf5(path))
    from safetensors.tensorflow import load_file  # NumPy has no bfloat16

    found = {name: np.asarray(values, np.float32) for name, values in load_file(path).items()}
    return dict(_from_pytorch(found)) if is_pytorch_layout(path) else _named(found)


def _hdf5(path: Path) -> Mapping[str, Floats]:
    import h5py

    found: Arrays = {}

    def keep(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = np.asarray(item, np.float32)

    with h5py.File(path) as file:
        file.visititems(keep)
    return found


def _named(arrays: Mapping[str, Floats]) -> Arrays:
    """Arrays that TensorFlow has named, ``.../segformer/encoder/layer_norm.0/beta:0``."""
    matches = ((_TENSORFLOW.match(name), values) for name, values in arrays.items())
    return {f"{hit[1]}/{hit[2]}".replace("/", "."): values for hit, values in matches if hit}


def _from_pytorch(arrays: Mapping[str, Floats]) -> Iterator[tuple[str, Floats]]:
    """Arrays that PyTorch has named and transposed."""
    for name, values in arrays.items():
        layer, _, role = name.rpartition(".")
        weight = arrays.get(f"{layer}.weight", values)
        roles = _ROLES | (_NORMS if weight.ndim == 1 else _KERNELS)
        if role in roles:
            axes = (2, 3, 1, 0) if values.ndim == 4 else None
            yield f"{layer}.{roles[role]}", values.transpose(axes)


def _head_names(stages: int) -> list[str]:
    """Names of the arrays that the head is made of, without the classifier."""
    return [
        *(
            f"decode_head.linear_c.{number}.proj.{role}"
            for number in range(stages)
            for role in ("kernel", "bias")
        ),
        "decode_head.linear_fuse.kernel",
        *(f"decode_head.batch_norm.{role}" for role in ("gamma", "beta", "moving_mean", "moving_variance")),
    ]


def _fused(arrays: Arrays, stages: int) -> Arrays:
    """Projection, fuse and normalisation of the decode head as one matrix (C, D) for each stage, fine to
    coarse, and a bias (D,).
    """
    *projections, fuse, gamma, beta, mean, variance = (
        arrays[name].astype(np.float64) for name in _head_names(stages)
    )
    factor = gamma / np.sqrt(variance + _EPSILON)
    parts = np.split(fuse[0, 0] * factor, stages)[::-1]  # joined coarse to fine
    bias = beta - mean * factor
    found = {}
    for number, (kernel, shift, part) in enumerate(
        zip(projections[::2], projections[1::2], parts, strict=True)
    ):
        found[f"{FUSED}.{number}.kernel"] = kernel @ part
        bias = bias + shift @ part
    return {name: values.astype(np.float32) for name, values in (found | {f"{FUSED}.0.bias": bias}).items()}
