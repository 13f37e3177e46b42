"""Loader of the models of the catalogue, on what runs them fastest.

TensorFlow is imported when it is needed for it.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engine.model import LoadedModel
from model_store.backends.choice import quickest
from model_store.base.entries import Entry, Loader
from model_store.base.folders import model_folder, weight_file
from model_store.base.randomised import Randomised
from model_store.catalogue import ModelRef, entry_of, model_facts
from model_store.network.layer_gradients import Network
from model_store.network.randomising import randomise
from model_store.network.traced_model import TracedModel
from model_store.own.entries import words_of_own


def load_model(ref: ModelRef) -> LoadedModel:
    """Reads a model from its files.

    Raises:
        ModelError: a file is missing, damaged or not safe to read; the sentence says which.
    """
    if ref.randomised is not None:
        return _with_random_weights(ref, ref.randomised)
    facts, entry = model_facts(ref), entry_of(ref)
    grouping = entry.grouping if ref.grouped else None
    if entry.loader == "own" and words_of_own(entry.key).answers_only:
        from model_store.exchange.answering_model import AnsweringModel

        network = _own(entry, model_folder(entry), weight_file(entry))
        return AnsweringModel(facts, entry.policy, network, grouping)
    return quickest(
        facts, entry.policy, lambda: TracedModel(facts, entry.policy, network_of(entry), grouping)
    )


def _with_random_weights(ref: ModelRef, asked: Randomised) -> LoadedModel:
    """On TensorFlow alone: converting, timing and keeping a network on disk is not worth a few images."""
    facts, entry = model_facts(ref), entry_of(ref)
    network = network_of(entry)
    randomise(network, asked, entry.title)
    return TracedModel(facts, entry.policy, network, entry.grouping if ref.grouped else None)


def network_of(entry: Entry) -> Network:
    """The network of a model that is no mere answer of an exchange format, from its files.

    Raises:
        ModelError: a file is missing, damaged or not safe to read.
    """
    return _LOADERS[entry.loader](entry, model_folder(entry), weight_file(entry))


def _own(entry: Entry, folder: Path, _weights: Path) -> Any:
    from model_store.loading.own import load_own_folder

    return load_own_folder(folder, words_of_own(entry.key))


def _application(entry: Entry, _folder: Path, weights: Path) -> Network:
    from model_store.keras.application import load_application

    return load_application(entry, weights)


def _lite(entry: Entry, folder: Path, weights: Path) -> Network:
    from model_store.keras.network import KerasNetwork, Usage
    from model_store.pretrained.efficientnet_lite import LITE_SIZES, OWN_HEAD, load_lite, read_head

    head = read_head(folder / OWN_HEAD) if OWN_HEAD in entry.settings_files else None
    model = load_lite(LITE_SIZES[entry.application], weights, head)
    model.trainable = False
    return KerasNetwork(model, Usage(entry.preset, entry.target_layers))


def _keras(entry: Entry, folder: Path, weights: Path) -> Network:
    from model_store.keras.models import load_keras_network
    from model_store.keras.network import Usage

    return load_keras_network(folder, weights, Usage(entry.preset, entry.target_layers))


def _segformer(entry: Entry, folder: Path, weights: Path) -> Network:
    from model_store.huggingface.segformer import load_segformer

    return load_segformer(folder, weights, len(entry.colours))


_LOADERS: Mapping[Loader, Callable[[Entry, Path, Path], Network]] = MappingProxyType(
    {
        "own": _own,
        "keras-application": _application,
        "efficientnet-lite": _lite,
        "keras-weights": _keras,
        "hf-segformer": _segformer,
    }
)
