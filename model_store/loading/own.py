"""Loader of the files of an own model, which are looked through before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from engine.errors import ModelError, VitrineError
from model_store.base.folders import reason_of
from model_store.exchange.compiled import CompiledNetwork
from model_store.exchange.network import ExchangeNetwork
from model_store.exchange.reading import read_exchange
from model_store.keras.models import mend_upsampling
from model_store.keras.network import KerasNetwork, Usage
from model_store.keras.whole_files import read_archive, read_hdf5
from model_store.network.layer_gradients import Network
from model_store.own.kinds import SINGLE, files_of, opened_model
from model_store.own.model import Kind, OutputKind, OwnModel, Preprocessing
from model_store.scan import scan_opened
from model_store.scan.exchange.onnx import scan_onnx
from model_store.scan.exchange.tflite import TfliteEnds, scan_tflite
from settings import settings


@dataclass(frozen=True)
class ReadOptions:
    """What has to be known to read the files of a model.

    Attributes:
        kind: how they are read.
        preprocessing: how colours are scaled before it.
        answer: what its last step gives, where its graph does not show it.
        converted: whether its graph is made a Keras model.
    """

    kind: Kind
    preprocessing: Preprocessing
    answer: OutputKind = "logits"
    converted: bool = False

    @classmethod
    def of(cls, own: OwnModel) -> ReadOptions:
        """What ``model.toml`` says."""
        return cls(own.kind, own.preprocessing, own.answer, own.converted)

    @property
    def usage(self) -> Usage:
        """The same for a Keras model."""
        return Usage(scaling=self.preprocessing.scaling(), answer=self.answer)


def load_own_folder(folder: Path, own: OwnModel) -> Network | ExchangeNetwork:
    """The network of an admitted model.

    Raises:
        ModelError: its files are not what was admitted, or cannot be used.
    """
    path = folder / next(iter(own.files)) if own.kind in SINGLE else folder
    network = read_network(path, ReadOptions.of(own))
    fixed, wanted = own.policy.fixed_hw, getattr(network, "size_hw", (None, None))
    if any(side is not None and side != own_side for side, own_side in zip(wanted, fixed, strict=True)):
        raise ModelError(
            "{title} takes images of {wanted} pixels, and its model.toml says {found}; please "
            "correct [input] there.",
            title=own.title,
            wanted=" x ".join(str(side or "any") for side in wanted),
            found=own.policy,
        )
    return network


def read_network(path: Path, options: ReadOptions) -> Network | ExchangeNetwork:
    """The network in a file or folder, after looking through it.

    Args:
        path: the file, or the folder of several.
        options: how it is read.

    Raises:
        ModelError: it is damaged, not allowed, or not what can be used.
    """
    with opened_model(path, options.kind) as source:
        scan_opened(source, options.kind)
        try:
            return _READERS[options.kind](source, options)
        except VitrineError:
            raise
        except Exception as error:  # Keras, TensorFlow, h5py and transformers raise many kinds
            raise ModelError(
                "{name} cannot be read: {reason}. Please save it again.",
                name=path.name[:80],
                reason=reason_of(error),
            ) from error


def _read_keras(file: BinaryIO, options: ReadOptions) -> Network:
    """A whole Keras model; in a new thread, since Keras numbers layers without a name for each."""
    read = {"keras": read_archive, "h5": read_hdf5}[options.kind]
    with ThreadPoolExecutor(1) as new:
        model = new.submit(read, file, settings().trust_models).result()
    model.trainable = False
    mend_upsampling(model)
    return KerasNetwork(model, options.usage)


def _read_saved_model(path: Path, options: ReadOptions) -> Network:
    from model_store.keras.saved_model import load_saved_model

    return load_saved_model(path, options.preprocessing.scaling(), options.answer)


def _read_huggingface(path: Path, options: ReadOptions) -> Network:
    from model_store.huggingface.loader import load_huggingface

    scaling = None if options.preprocessing.preset == "file" else options.preprocessing.scaling()
    if scaling is not None and scaling.reverse:
        raise ModelError(
            "Models of Hugging Face take red, green, blue; please select a preprocessing in this "
            'order, or "file".'
        )
    return load_huggingface(path, path / next(iter(files_of(path, "huggingface"))), scaling)


def _read_onnx(file: BinaryIO, options: ReadOptions) -> Network | ExchangeNetwork:
    """A network that answers, or its Keras twin."""
    if not options.converted:
        return _read_exchange(file, options)
    from model_store.converting.model import keras_model

    model = keras_model(scan_onnx(file))
    model.trainable = False
    return KerasNetwork(model, options.usage)


def _read_exchange(file: BinaryIO, options: ReadOptions) -> ExchangeNetwork:
    model = read_exchange(file, options.kind)
    ends = scan_tflite(file) if options.kind == "tflite" else TfliteEnds((None,), (None,))
    compiled = CompiledNetwork(model, ends.inputs[0], ends.outputs[0])
    return ExchangeNetwork(compiled, options.kind, options.preprocessing.scaling(), options.answer)


_READERS: Mapping[Kind, Callable[[Any, ReadOptions], Any]] = MappingProxyType(
    {
        "keras": _read_keras,
        "h5": _read_keras,
        "saved_model": _read_saved_model,
        "huggingface": _read_huggingface,
        "onnx": _read_onnx,
        "tflite": _read_exchange,
        "openvino": _read_exchange,
    }
)
