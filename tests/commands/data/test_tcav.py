"""`tcav`: concepts given by textures, folders, ZIP files and classes, tested from the command line."""

import json
import zipfile

import pandas as pd
import pytest
from typer.testing import CliRunner

from cli import app
from commands.data.tcav import Grounds, TcavQuestion, run_tcav, tcav_lines
from commands.data.zones import ZoneWords, zone_words
from data_store.catalogue import data_set_of
from engine.errors import DataSetError, MapsError, ModelError, ParamsError, StoreError, VitrineError
from samples.digits import write_digits
from samples.textures import write_textures

pytestmark = pytest.mark.models
MODEL = "digits-cnn"


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("VITRINE_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="module")
def textures(tmp_path_factory):
    """Folders of textures, 30 of each."""
    folder = tmp_path_factory.mktemp("textures")
    assert write_textures(folder, 30, 24) == 360
    return folder


def zipped(folder, path):
    with zipfile.ZipFile(path, "w") as file:
        for image in sorted(folder.iterdir()):
            file.write(image, image.name)
    return path


def test_textures_folders_files_and_classes_are_concepts(textures, tmp_path):
    out = tmp_path / "tests.csv"
    packed = zipped(textures / "rings", tmp_path / "rings.zip")
    given = ["stripes", textures / "dots", packed, "digits:8"]
    words = ["tcav", "--model", MODEL, "--target", "8", "--images", "digits", "--out", out, "--json"]
    words += [word for concept in given for word in ("--concept", concept)]
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert [row["concept"] for row in told["tests"]] == ["stripes", "dots", "rings", "8"]
    assert told["target"] == "8" and told["random_images"] == 200 and told["set_size"] == 30
    assert all(0 <= row["share_low"] <= row["share"] <= row["share_high"] <= 1 for row in told["tests"])
    eight = told["tests"][-1]
    assert eight["verdict"] == "for" and eight["p_holm"] <= 0.05 and eight["accuracy"] > 0.8
    assert pd.read_csv(out)["concept"].tolist() == ["stripes", "dots", "rings", "8"]
    assert packed.is_file(), "what somebody brings stays"
    assert tcav_lines(told)[-1].startswith("8 speaks for 8 in block3_conv2: share")


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"target": None}, ParamsError, "Please name a class with --target, or a zone"),
        ({"zone": ZoneWords("0.png", 1)}, ParamsError, "Please name a class with --target, or a zone"),
        ({"target": "ten"}, ParamsError, "has no class 'ten'"),
        ({"versus": "ten"}, ParamsError, "has no class 'ten'"),
        ({"concepts": ("moon",)}, DataSetError, "no data set called moon"),
        ({"concepts": ("digits:moon",)}, DataSetError, "has no class 'moon'"),
        ({"concepts": ("moon.zip",)}, DataSetError, "There is no file moon.zip"),
        ({"grounds": Grounds(cells="a,b")}, ParamsError, "Cells are numbers with commas"),
        ({"layers": ("moon",)}, ModelError, "no target layer 'moon'"),
        ({"grounds": Grounds(random="few")}, MapsError, "at least 100 random images; there are 3"),
        ({"concepts": ("few",)}, MapsError, "at least 30 images; this one has 3"),
    ],
)
def test_wrong_words_are_said(changed, error, said, tmp_path, monkeypatch):
    from samples import digits

    values, truth = digits.digit_values()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digits, "COUNT", 3)
        patch.setattr(digits, "digit_values", lambda: (values[:3], truth[:3]))
        write_digits(tmp_path / "few")
    monkeypatch.setenv("VITRINE_DATA", str(tmp_path))
    words = {"model": MODEL, "images": "digits", "target": "8", "concepts": ("stripes",), **changed}
    with pytest.raises(error, match=said):
        run_tcav(TcavQuestion(**words))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_set_of_images_is_refused_in_words(content, tmp_path):
    path = tmp_path / "concept.zip"
    path.write_bytes(content)
    with pytest.raises(VitrineError) as refused:
        run_tcav(TcavQuestion(MODEL, "digits", "8", (str(path),)))
    assert len(str(refused.value)) > 10 and "Traceback" not in str(refused.value)
    assert path.is_file()


def test_a_table_of_another_kind_is_refused_at_once(tmp_path):
    asked = TcavQuestion(MODEL, "digits", "8", ("stripes",), out=tmp_path / "table.xls")
    with pytest.raises(StoreError, match="csv or a .parquet"):
        run_tcav(asked)


def test_a_zone_of_an_image_of_the_data_set_is_tested():
    scene = data_set_of("streets-rendered").items[0].id
    words = TcavQuestion(
        "streets-unet",
        "streets-rendered",
        None,
        ("stripes",),
        grounds=Grounds(random="textures"),
        zone=ZoneWords(scene, 1, 2),
    )
    told = run_tcav(words)
    assert str(told["target"]).startswith("boundary between ") and told["images"] == 1
    (row,) = told["tests"]
    assert row["verdict"] in ("for", "against", "none", "unknown") and row["silent"] == 0
    with pytest.raises(ParamsError, match="needs --image and --zone"):
        zone_words(None, 2, None)
