"""Scanners of strangers' files, which look before any library makes something of them."""

import json
import zipfile

import h5py
import numpy as np
import pytest

from engine.errors import ModelError, SettingError
from model_store.own.kinds import files_of, kind_of
from model_store.scan import scan
from tests.model_store.strangers import archive, described, layer, weights, whole_h5

LEGACY = {
    "class_name": "Sequential",
    "config": {"name": "m", "layers": [{"class_name": "Dense", "config": {"units": 2}}]},
}
DEEP = "[" * 100_000 + "]" * 100_000
EVIL = "os.system"


def refused(path, match):
    with pytest.raises(ModelError, match=match) as caught:
        scan(path, kind_of(path))
    assert str(caught.value).endswith(".") and "{" not in str(caught.value)


def test_plain_models_pass(tmp_path):
    parts = (
        layer(
            "Conv2D",
            filters=4,
            activation="relu",
            kernel_initializer=layer("GlorotUniform", "keras.initializers", seed=None),
        ),
        layer(
            "Activation",
            activation={
                "module": "builtins",
                "class_name": "function",
                "config": "silu",
                "registered_name": "function",
            },
        ),
        layer("GetItem", "keras.src.ops.numpy"),
        described(layer("Dense", units=2)),
    )
    for path in (archive(tmp_path / "a.keras", described(*parts)), whole_h5(tmp_path / "a.h5", LEGACY)):
        scan(path, kind_of(path))


STRANGE = {
    "lambda layer": layer("Lambda", function={"class_name": "__lambda__", "config": {"value": "code"}}),
    "lambda inside": layer("Dense", activation={"class_name": "__lambda__", "config": {"value": "code"}}),
    "function of a module": layer(
        "Activation", activation={"module": "os", "class_name": "function", "config": "system"}
    ),
    "function of keras that is none": layer(
        "Activation", activation={"module": "keras.utils", "class_name": "function", "config": "get_file"}
    ),
    "class of a module": layer("Popen", "subprocess", args=["true"]),
    "allowed name elsewhere": layer("Dense", "my.package"),
    "registered by a stranger": layer("Dense") | {"registered_name": "evil>Dense"},
    "vocabulary file": layer("StringLookup", vocabulary="/etc/passwd"),
    "text with vocabulary": layer("TextVectorization", vocabulary="/etc/passwd"),
    "another model's file": layer("TFSMLayer", filepath="/tmp/x"),
    "torch": layer("TorchModuleWrapper", module={}),
    "type specification": {
        "class_name": "__typespec__",
        "spec_name": "x",
        "module": "os",
        "config": [],
        "registered_name": "x",
    },
    "name that is none": layer("Dense") | {"class_name": ["Dense"]},
    "nested compile": described(layer("Dense"))
    | {"compile_config": {"loss": {"module": "os", "class_name": "function", "config": "system"}}},
}


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_what_could_run_code_or_read_files_is_refused(tmp_path, strange):
    refused(archive(tmp_path / "a.keras", described(strange)), "code|read files|damaged")
    refused(
        whole_h5(tmp_path / "a.h5", {"class_name": "Sequential", "config": {"layers": [strange]}}),
        "code|read files|damaged",
    )


def test_code_is_allowed_by_the_server_alone(tmp_path, monkeypatch):
    path = archive(tmp_path / "a.keras", described(STRANGE["lambda layer"]))
    monkeypatch.setenv("VITRINE_TRUST_MODELS", "on")
    scan(path, "keras")
    monkeypatch.setenv("VITRINE_TRUST_MODELS", "yes")
    with pytest.raises(SettingError, match="is on or off; received 'yes'"):
        scan(path, "keras")


def test_how_a_model_was_trained_is_never_read_and_may_say_anything(tmp_path):
    trained = described(layer("Dense")) | {
        "compile_config": {"loss": {"module": "os", "class_name": "function", "config": "system"}}
    }
    scan(archive(tmp_path / "a.keras", trained), "keras")


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil", "a/../../b", "..\\evil", "C:evil"])
def test_names_that_lead_out_of_the_archive(tmp_path, name):
    refused(archive(tmp_path / "a.keras", extra={name: b"x"}), "leads out of it")
    assert [path.name for path in tmp_path.rglob("*")] == ["a.keras"]


def test_links_duplicates_and_strange_members(tmp_path):
    path = archive(tmp_path / "link.keras")
    with zipfile.ZipFile(path, "a") as file:
        link = zipfile.ZipInfo("assets")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    refused(path, "leads out of it")
    with pytest.warns(UserWarning):
        refused(archive(tmp_path / "twice.keras", extra={"config.json": b"{}"}), "some of them twice")
    refused(
        archive(tmp_path / "more.keras", extra={"assets/vocabulary.txt": b"a"}),
        "vocabularies and other files are not read",
    )


@pytest.mark.slow
def test_bombs_are_not_unpacked(tmp_path):
    refused(
        archive(tmp_path / "zip.keras", extra={"metadata2.json": bytes(200_000_000)}),
        "times as large when it is unpacked",
    )
    with h5py.File(tmp_path / "bomb.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(LEGACY)
        file.create_dataset("w", (40_000, 40_000), "f4", chunks=(1000, 1000), compression="gzip")
    refused(tmp_path / "bomb.h5", "far larger when it is read")


def test_links_out_of_an_h5_file(tmp_path):
    for name, link in {
        "soft": h5py.SoftLink("/x"),
        "external": h5py.ExternalLink("/etc/passwd", "/"),
    }.items():
        path = whole_h5(tmp_path / f"{name}.h5", LEGACY)
        with h5py.File(path, "a") as file:
            file["evil"] = link
        refused(path, "may lead to other files")
    path = whole_h5(tmp_path / "data.h5", LEGACY)
    with h5py.File(path, "a") as file:
        file.create_dataset("evil", (4,), "u1", external=[("/etc/passwd", 0, 4)])
    refused(path, "content lies elsewhere")


@pytest.mark.parametrize(
    "config", ["{", "[]", DEEP, '{"a":' * 5000 + "1" + "}" * 5000], ids=["cut", "list", "deep list", "deep"]
)
def test_damaged_descriptions(tmp_path, config):
    refused(archive(tmp_path / "a.keras", config), "damaged|levels deep")


def test_cut_files_and_noise(tmp_path):
    whole = archive(tmp_path / "a.keras", h5=weights(kernel=np.ones((100, 100))))
    noise = np.random.default_rng(0).bytes(5000)
    files = {
        "cut.keras": whole.read_bytes()[:3000],
        "noise.keras": b"PK\x03\x04" + noise,
        "inside.keras": archive(tmp_path / "b.keras", h5=noise).read_bytes(),
        "cut.h5": whole_h5(tmp_path / "c.h5", LEGACY).read_bytes()[:1500],
        "noise.h5": b"\x89HDF\r\n\x1a\n" + noise,
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        refused(tmp_path / name, "damaged")
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        file["kernel"] = np.ones(3)
    refused(tmp_path / "weights.h5", "weights without their model")


@pytest.mark.parametrize("name", ["a.bin", "a.pt", "a.PTH", "a.pkl"])
def test_pickles_are_refused_by_name_with_a_remedy(tmp_path, name):
    (tmp_path / name).write_bytes(b"PK\x03\x04")
    with pytest.raises(ModelError, match="convert it to safetensors"):
        kind_of(tmp_path / name)


def test_kinds_are_told_by_content(tmp_path):
    (tmp_path / "noise.keras").write_bytes(b"noise")
    with pytest.raises(ModelError, match="not a model that Vitrine reads"):
        kind_of(tmp_path / "noise.keras")
    folder = tmp_path / "hub"
    folder.mkdir()
    (folder / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match="is a pickle"):
        kind_of(folder)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"12345678")
    assert kind_of(folder) == "huggingface" and list(files_of(folder, "huggingface")) == [
        "model.safetensors",
        "config.json",
    ]
    with pytest.raises(ModelError, match="cut off"):
        scan(folder, "huggingface")
