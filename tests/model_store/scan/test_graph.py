"""The graph of a SavedModel: what is not known to compute only is not loaded, wherever it stands."""

import importlib
from pathlib import Path

import pytest

from engine.errors import ModelError
from model_store.base import runtime
from model_store.loading.own import ReadOptions, read_network
from model_store.own.model import Preprocessing
from model_store.scan import scan
from model_store.scan.graph import _parsed, _savers
from model_store.scan.operations import ALLOWED, CHECKPOINT, OPERATIONS, operations_table
from tests.fuzz import saved_models
from tests.fuzz.saved_models import PLACES, hostile
from tests.model_store.own_toys import saved_classifier

pytestmark = pytest.mark.models
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return saved_classifier(tmp_path_factory.mktemp("saved") / "model")


def put(folder, message):
    """A folder with a graph."""
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(message)
    return folder


@pytest.mark.parametrize("number", range(len(PLACES)), ids=[place.__name__ for place in PLACES])
def test_an_operation_that_is_not_allowed(good, tmp_path, number):
    message = (good / "saved_model.pb").read_bytes()
    for turn, seed in enumerate((1, 2, 3)):
        _what, made = hostile(number, seed, message)
        with pytest.raises(ModelError, match="has the operation .* not loaded|calls the function"):
            scan(put(tmp_path / str(turn), made), "saved_model")


def test_reading_and_writing_of_any_file_was_let_through(good, tmp_path):
    """A list of forbidden names had none of these."""
    for name in ("CSVDatasetV2", "DatasetToTFRecord", "AnonymousIteratorV3", "XlaCallModule"):
        saved = _parsed(good / "saved_model.pb")
        saved_models.in_the_answer(saved.meta_graphs[0], name)
        with pytest.raises(ModelError, match=f"operation {name}. Image networks do not need it"):
            scan(put(tmp_path / name, saved.SerializeToString()), "saved_model")


def test_what_runs_when_a_model_is_loaded_is_looked_at(tmp_path):
    """An exploit that ran: a function that writes a file, called as those that restore the variables."""
    tf, written = runtime.tensorflow(), tmp_path / "written"

    class Resource(tf.saved_model.experimental.TrackableResource):
        @tf.function(input_signature=[])
        def traced_restore(self):
            tf.io.write_file(str(written), "x")

        def _create_resource(self):
            return tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=[], shared_name="own")

        def _initialize(self):
            self.traced_restore()

    model = tf.Module()
    model.resource = Resource()
    _ = model.resource.resource_handle
    answer = tf.function(lambda picture: {"answer": picture[:, 0, 0]}).get_concrete_function(
        tf.TensorSpec((None, 8, 8, 3), tf.float32)
    )
    tf.saved_model.save(model, str(tmp_path / "model"), signatures={"serving_default": answer})
    written.unlink(missing_ok=True)
    with pytest.raises(ModelError, match="operation WriteFile"):
        read_network(tmp_path / "model", ReadOptions("saved_model", Preprocessing("raw")))
    assert not written.exists()


def test_only_the_savers_of_the_saver_may_read_and_write_variables(good):
    graph = _parsed(good / "saved_model.pb").meta_graphs[0]
    assert {name.rpartition("_")[0] for name in _savers(graph)} == {
        "__inference__traced_save",
        "__inference__traced_restore",
    }
    graph.ClearField("saver_def")
    assert _savers(graph) == set()


def test_an_owner_can_allow_more(good, tmp_path, monkeypatch):
    saved = _parsed(good / "saved_model.pb")
    saved_models.in_the_answer(saved.meta_graphs[0], "Timestamp")
    folder = put(tmp_path / "model", saved.SerializeToString())
    with pytest.raises(ModelError, match="can allow it by VITRINE_ALLOW_OPERATIONS"):
        scan(folder, "saved_model")
    monkeypatch.setenv("VITRINE_ALLOW_OPERATIONS", "Fact, Timestamp")
    scan(folder, "saved_model")
    saved_models.in_the_answer(saved.meta_graphs[0], "timestamp")
    with pytest.raises(ModelError, match="operation timestamp"):
        scan(put(tmp_path / "other", saved.SerializeToString()), "saved_model")
    monkeypatch.setenv("VITRINE_TRUST_MODELS", "on")
    scan(tmp_path / "other", "saved_model")


def test_old_and_damaged_messages(good, tmp_path):
    saved = _parsed(good / "saved_model.pb")
    saved.meta_graphs[0].ClearField("object_graph_def")
    with pytest.raises(ModelError, match="not one of TensorFlow 2"):
        scan(put(tmp_path / "old", saved.SerializeToString()), "saved_model")
    with pytest.raises(ModelError, match="is damaged"):
        scan(put(tmp_path / "cut", (good / "saved_model.pb").read_bytes()[:-9]), "saved_model")


def test_the_list_names_operations_that_there_are_and_each_once():
    names = [name for names in OPERATIONS.values() for name in names]
    assert len(set(names)) == len(names) and ALLOWED.isdisjoint(CHECKPOINT)
    assert {*names, *CHECKPOINT} <= set(dir(runtime.tensorflow().raw_ops))


def parts_of_networks(layers):
    """A picture and an answer, with the parts of many networks between, of Keras 3 or Keras 2."""
    picture = layers.Input((32, 32, 3))
    maps = layers.Rescaling(1 / 127.5, -1)(layers.RandomFlip()(picture))
    maps = layers.Conv2D(8, 3, 2, padding="same", activation="swish")(layers.ZeroPadding2D(2)(maps))
    maps = layers.BatchNormalization()(layers.SeparableConv2D(8, 3, dilation_rate=2, activation="gelu")(maps))
    gate = layers.Dense(8, activation="hard_sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(maps))
    maps = layers.SpatialDropout2D(0.2)(layers.GroupNormalization(4)(layers.Multiply()([maps, gate])))
    maps = layers.Concatenate()([layers.MaxPooling2D(2)(maps), layers.AveragePooling2D(2)(maps)])
    rows = layers.LayerNormalization()(layers.Reshape((-1, 16))(maps))
    rows = layers.Add()([rows, layers.MultiHeadAttention(2, 8)(rows, rows)])
    maps = layers.UpSampling2D(interpolation="bilinear")(layers.Conv2DTranspose(4, 3, 2)(maps))
    return picture, layers.Dense(3, activation="softmax")(
        layers.Concatenate()([_mean(layers, rows), _flat(layers, maps)])
    )


def _mean(layers, rows):
    return layers.GlobalAveragePooling1D()(layers.Dropout(0.1)(rows))


def _flat(layers, maps):
    return layers.Flatten()(layers.PReLU(shared_axes=[1, 2])(layers.Resizing(4, 4)(maps)))


def test_networks_of_keras_3_pass(tmp_path):
    keras = runtime.keras()
    keras.Model(*parts_of_networks(keras.layers)).export(tmp_path / "model", verbose=False)
    scan(tmp_path / "model", "saved_model")


def test_networks_of_keras_2_pass(tmp_path):
    runtime.transformers_tf()
    keras = importlib.import_module("tf_keras")
    model = keras.Model(*parts_of_networks(keras.layers))
    model.compile("adam", "categorical_crossentropy")
    model.save(tmp_path / "model", save_format="tf")
    scan(tmp_path / "model", "saved_model")


def test_the_document_has_the_list():
    assert operations_table() in (ROOT / "docs" / "own-models.md").read_text(), (
        "python -m model_store.scan.operations prints it"
    )
