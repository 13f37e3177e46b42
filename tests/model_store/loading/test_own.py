"""Own models of every kind are read into networks that answer as the file says."""

import json

import numpy as np
import pytest

from engine.errors import ModelError
from engine.methods import METHODS
from engine.model import ModelFacts
from model_store.base import runtime
from model_store.base.entries import FixedSize, InputPolicy
from model_store.catalogue import ModelRef, model_facts
from model_store.keras.whole_files import read_archive
from model_store.loading.inspection import inspect_network
from model_store.loading.load import load_model
from model_store.loading.own import ReadOptions, read_network
from model_store.network.traced_model import TracedModel
from model_store.own.kinds import files_of, kind_of
from model_store.own.model import OwnModel, Preprocessing
from model_store.own.store import store_model
from tests.fuzz.polyglots import between
from tests.model_store.own_toys import nested_classifier, segmenter, with_lambda

pytestmark = pytest.mark.models

COLOURS = ("red", "green", "blue")
LIT = np.zeros((3, 16, 24, 3), np.float32)
for _index in range(3):
    LIT[_index, ..., _index] = 255
RAW = Preprocessing("raw")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("brought")
    return {ending: nested_classifier(folder / f"toy.{ending}") for ending in ("keras", "h5")}


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.parametrize(
    "chosen",
    [Preprocessing("signed"), Preprocessing("hand", (127.5,) * 3, (127.5,) * 3)],
    ids=["preset", "by hand"],
)
def test_a_keras_file_stands_in_the_catalogue_and_answers(files, tmp_path, monkeypatch, ending, chosen):
    monkeypatch.setenv("VITRINE_OWN", str(tmp_path))
    own = OwnModel("Toy", "classification", ending, COLOURS, FixedSize(16, 24), chosen, "softmax")
    store_model("toy", own, files_of(files[ending], ending))
    model = load_model(ModelRef.parse("toy"))
    answers = model.score_batch(LIT, "probability")
    assert [COLOURS[index] for index in answers.argmax(-1)] == list(COLOURS) and np.allclose(
        answers.sum(-1), 1
    )
    assert np.allclose(
        model.score_batch(LIT, "logit")[0], [54 / 3, 0, 0]
    )  # 3 * relu(3 * 1 + 3), and 3 * relu(3 * -1 + 3)
    assert [target_layer.name for target_layer in model.target_layers if target_layer.best] == ["body/lit"]
    assert (
        model.facts.labels == COLOURS and model_facts(ModelRef("toy")).fingerprint == model.facts.fingerprint
    )


def test_a_file_is_read_as_what_it_is_whatever_it_is_called(files, tmp_path):
    for kind, other in (("keras", "h5"), ("h5", "keras")):
        path = tmp_path / f"toy.{other}"
        path.write_bytes(files[kind].read_bytes())
        assert kind_of(path) == kind
        network = read_network(path, ReadOptions(kind, Preprocessing("signed")))
        assert np.asarray(network(LIT)).argmax(-1).tolist() == [0, 1, 2]
        with pytest.raises(ModelError, match="damaged"):
            read_network(path, ReadOptions(other, RAW))


def test_code_behind_a_zip_is_not_loaded(files, tmp_path):
    """An exploit: scanned as a zip, and loaded by its ending as HDF5, with a Lambda layer inside."""
    path, zipped = tmp_path / "model.h5", files["keras"].read_bytes()
    hidden = with_lambda(tmp_path / "lambda.h5").read_bytes()
    path.write_bytes(between(zipped, hidden))
    with pytest.raises(ModelError, match="belong to none of its files"):
        read_network(path, ReadOptions(kind_of(path), RAW))
    assert (
        read_archive(path.open("rb"), trusted=False).name
        == read_archive(files["keras"].open("rb"), trusted=False).name
    ), "even unscanned it is what it begins as"


def test_the_order_of_colours_can_be_turned(files):
    bgr = Preprocessing("hand", (127.5,) * 3, (127.5,) * 3, "bgr")
    network = read_network(files["keras"], ReadOptions("keras", bgr))
    assert np.asarray(network(LIT)).argmax(-1).tolist() == [2, 1, 0]


def test_mean_and_scale_go_with_their_colours():
    chosen = Preprocessing("hand", (10.0, 20.0, 30.0), (1.0, 2.0, 4.0), "bgr")
    scaling = chosen.scaling()
    assert (
        np.allclose(np.array([34.0, 22.0, 11.0]) * scaling.scale + scaling.shift, [1, 1, 1])
        and scaling.reverse
    )


def test_a_size_that_the_network_does_not_take_is_refused(files, tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_OWN", str(tmp_path))
    store_model(
        "toy",
        OwnModel("Toy", "classification", "keras", COLOURS, FixedSize(32, 32)),
        files_of(files["keras"], "keras"),
    )
    with pytest.raises(ModelError, match="takes images of 16 x 24 pixels, and its model.toml says"):
        load_model(ModelRef("toy"))


def test_a_segmenter_for_any_size_has_no_tap_that_is_its_answer(tmp_path):
    path = segmenter(tmp_path / "toy.keras")
    network = read_network(path, ReadOptions("keras", Preprocessing("unit")))
    look = inspect_network(network, path)
    assert (look.task, look.classes, look.size_hw, look.output_activation, look.layers) == (
        "segmentation",
        2,
        (None, None),
        None,
        4,
    )
    assert [target_layer.name for target_layer in network.target_layers] == ["light"]
    pictures = np.concatenate([np.zeros((1, 64, 96, 3)), np.full((1, 64, 96, 3), 255.0)]).astype(np.float32)
    model = TracedModel(_facts("segmentation", 2), InputPolicy(64, 96, 32), network)
    assert model.score_batch(pictures, "probability").argmax(-1).mean(axis=(1, 2)).tolist() == [0, 1]


def test_probabilities_that_the_graph_does_not_show_become_logits(tmp_path):
    path = segmenter(tmp_path / "toy.keras", "sigmoid")
    plain = np.asarray(read_network(path, ReadOptions("keras", Preprocessing("unit"), "logits"))(LIT))
    logits = np.asarray(read_network(path, ReadOptions("keras", Preprocessing("unit"), "sigmoid"))(LIT))
    assert np.allclose(1 / (1 + np.exp(-logits)), plain, atol=1e-5)


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_a_lambda_layer_of_keras_itself_is_refused_and_runs_where_the_server_says_so(
    tmp_path, monkeypatch, ending
):
    path = with_lambda(tmp_path / f"toy.{ending}")
    with pytest.raises(ModelError, match="Lambda layer, which is custom code and is not run"):
        read_network(path, ReadOptions(ending, RAW))
    if ending == "keras":  # Keras does not keep the code in the older format
        monkeypatch.setenv("VITRINE_TRUST_MODELS", "on")
        assert np.asarray(read_network(path, ReadOptions(ending, RAW))(LIT[:, :8, :8])).shape == (3, 2)


def test_a_saved_model_answers_and_says_why_it_does_no_more(tmp_path):
    tf = runtime.tensorflow()
    network = tf.Module()
    network.kernel = tf.Variable(9.0 * tf.eye(3))
    signature = tf.TensorSpec((None, 16, 24, 3), tf.float32)
    call = tf.function(
        lambda picture: {"answer": tf.nn.softmax(tf.reduce_mean(picture, (1, 2)) @ network.kernel)},
        input_signature=[signature],
    )
    tf.saved_model.save(network, str(tmp_path), signatures={"serving_default": call})
    assert kind_of(tmp_path) == "saved_model" and next(iter(files_of(tmp_path, "saved_model"))).startswith(
        "variables/variables.data"
    )
    read = read_network(tmp_path, ReadOptions("saved_model", Preprocessing("unit"), "softmax"))
    model = TracedModel(_facts("classification", 3), FixedSize(16, 24), read)
    assert (
        model.score_batch(LIT, "probability").argmax(-1).tolist() == [0, 1, 2]
        and inspect_network(read, tmp_path).parameters == 9
    )
    reasons = {key: method.why_not(model.facts, model.traits) for key, method in METHODS.items()}
    assert (
        "returns outputs only" in reasons["saliency"]
        and "reads a layer" in reasons["gradcam"]
        and reasons["lime"] is None
    )


def test_a_saved_model_that_reads_files_is_refused(tmp_path):
    tf = runtime.tensorflow()
    network = tf.Module()
    call = tf.function(
        lambda picture: {"answer": picture[:, 0, 0] + tf.strings.to_number(tf.io.read_file("/etc/hostname"))}
    )
    signature = call.get_concrete_function(tf.TensorSpec((None, 8, 8, 3), tf.float32))
    tf.saved_model.save(network, str(tmp_path), signatures={"serving_default": signature})
    with pytest.raises(ModelError, match="operation ReadFile. Image networks do not need it"):
        read_network(tmp_path, ReadOptions("saved_model", RAW))
    (tmp_path / "saved_model.pb").write_bytes(b"\xff\xff\xff\xff")
    with pytest.raises(ModelError, match="is damaged"):
        read_network(tmp_path, ReadOptions("saved_model", RAW))


def _facts(task, classes):
    labels = tuple(f"class {index}" for index in range(classes))
    return ModelFacts("toy", "Toy", task, labels, ((0, 0, 0),) * classes, "", "0" * 64)


def _tiny(kind):
    transformers = runtime.transformers_tf()
    small = {"num_labels": 3, "image_size": 32, "id2label": dict(enumerate(COLOURS))}
    if kind == "vit":
        config = transformers.ViTConfig(
            hidden_size=8,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=8,
            patch_size=8,
            **small,
        )
        return transformers.TFViTForImageClassification(config)
    config = transformers.ResNetConfig(
        embedding_size=8, layer_type="basic", hidden_sizes=[8, 16], depths=[1, 1], **small
    )
    return transformers.TFResNetForImageClassification(config)


@pytest.mark.parametrize(("kind", "best"), [("vit", "block 1"), ("resnet", "stage 2")])
def test_classifiers_of_hugging_face(tmp_path, kind, best):
    tf, model = runtime.tensorflow(), _tiny(kind)
    said = {
        "do_rescale": True,
        "do_normalize": True,
        "image_mean": [0.5] * 3,
        "image_std": [0.5] * 3,
        "size": {"height": 32, "width": 32},
    }
    pictures = np.random.default_rng(0).uniform(0, 255, (2, 32, 32, 3)).astype(np.float32)
    wanted = model(tf.transpose(pictures / 127.5 - 1, (0, 3, 1, 2)), training=False).logits.numpy()
    model.save_pretrained(tmp_path, safe_serialization=True)
    config = json.loads((tmp_path / "config.json").read_text()) | {"model_type": kind}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(said))
    network = read_network(tmp_path, ReadOptions("huggingface", Preprocessing("file")))
    look = inspect_network(network, tmp_path)
    assert np.allclose(np.asarray(network(pictures)), wanted, atol=1e-5)
    assert (look.task, look.classes, look.size_hw, look.labels, look.certain) == (
        "classification",
        3,
        (32, 32),
        COLOURS,
        True,
    )
    assert [target_layer.name for target_layer in network.target_layers if target_layer.best] == [best]
    loaded = TracedModel(_facts("classification", 3), FixedSize(32, 32), network)
    watched = loaded.layer_gradients(pictures, np.eye(3, dtype=np.float32)[[0, 1]], [best])[best]
    assert watched.activation.ndim == 4 and np.abs(watched.gradient).max() > 0
    assert loaded.features.layer_maps(pictures[0], best).after.shape == watched.activation.shape[1:]
    (tmp_path / "config.json").write_text(json.dumps(config | {"model_type": "bert"}))
    with pytest.raises(ModelError, match="a model of kind 'bert'"):
        read_network(tmp_path, ReadOptions("huggingface", Preprocessing("file")))
