"""Loader of the models of the catalogue, on what runs them fastest.

TensorFlow is imported when it is needed for it.
"""

from engine.model import LoadedModel
from model_store.backends.choice import quickest
from model_store.base.entries import Entry
from model_store.base.folders import model_folder, weight_file
from model_store.catalogue import ModelRef, entry_of, model_facts
from model_store.network.layer_gradients import Network
from model_store.network.traced_model import TracedModel
from model_store.own.entries import words_of_own


def load_model(ref: ModelRef) -> LoadedModel:
    """Reads a model from its files.

    Raises:
        ModelError: a file is missing, damaged or not safe to read; the sentence says which.
    """
    facts, entry = model_facts(ref), entry_of(ref)
    return quickest(
        facts,
        entry.policy,
        lambda: TracedModel(facts, entry.policy, _network(entry), entry.grouping if ref.grouped else None),
    )


def _network(entry: Entry) -> Network:
    folder, weights = model_folder(entry), weight_file(entry)
    if entry.loader == "own":
        from model_store.loading.own import load_own_folder

        return load_own_folder(folder, words_of_own(entry.key))
    if entry.loader == "keras-application":
        from model_store.keras.application import load_application

        return load_application(entry, weights)
    if entry.loader == "keras-weights":
        from model_store.keras.models import load_keras_network
        from model_store.keras.network import Usage

        return load_keras_network(folder, weights, Usage(entry.preset, entry.target_layers))
    from model_store.huggingface.segformer import load_segformer

    return load_segformer(folder, weights, len(entry.colours))
