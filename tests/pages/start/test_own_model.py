"""The page for a model of one's own: a real examination in its own process, of a model that takes no time."""

from functools import partial

import pytest

from components.session.keys import MODEL, OWN, OWN_ADMITTED
from components.words.plain import as_text
from compute.doctor import doctor
from model_store.base.entries import FixedSize
from model_store.catalogue import DEFAULT_MODEL
from model_store.download.own_hub import fetch_folder
from model_store.own.store import find_own, is_upload_key
from tests.harness.disks import files_end_at
from tests.harness.waits import wait_for
from tests.model_store.exchange_toys import EXPORTED, QUANTISED
from tests.model_store.fake_hub import FakeHub
from tests.pages.tiny_model import layer, tiny_keras
from tests.pages.visits import PAGES

NASTY = "<b>toy</b>[x](y).keras"
NAMES = ("red", "<img src=x onerror=alert(1)>", "blue")


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_OWN", str(tmp_path / "own"))
    return tmp_path / "own"


def upload(page, content, name="toy.keras"):
    field = next(found for found in page.at.get("file_uploader") if found.key.startswith("own-file"))
    field.upload(name, content, "application/octet-stream").run()
    return page


def field(page, name):
    """A widget of the wizard, whose key ends with the number of the candidate."""
    return page.widget(f"{name}-{page.at.session_state[OWN].number}")


def staged(own):
    return list((own / ".staging").iterdir()) if (own / ".staging").is_dir() else []


def test_a_model_is_examined_described_used_and_removed(visit, own):
    page = upload(visit("own-model"), tiny_keras(), NASTY)
    page.until(lambda page: "It has 3 classes, and no known set has this number" in page.texts)
    assert not page.has("own-use"), "that is said while it is examined"
    page.until(lambda page: page.has("own-use"))
    assert not page.at.exception and not page.at.error
    assert "**Suggested: " in page.texts and "of random draws of these images" in page.texts
    assert page.at.subheader[0].value == as_text(NASTY)
    for text in (
        "images of 32 x 32 pixels",
        "one of 3 classes for the whole image",
        "of a softmax",
        "read from its graph",
        "**light**",
    ):
        assert text in page.texts
    assert "18 of 18 methods are available" in page.texts and len(page.at.dataframe[0].value) == 5
    assert page.widget("own-use").disabled, "nothing says yet what its classes are called"
    field(page, "own-names-text").set_value("red\ngreen").run()
    assert "3 classes, and 2 labels were given" in page.texts and page.widget("own-use").disabled
    field(page, "own-names-text").set_value("\n".join(NAMES)).run()
    assert (
        "✓ 3 names for 3 classes" in page.texts
        and as_text(NAMES[1]) in page.texts
        and not page.widget("own-use").disabled
    )
    field(page, "own-colours").set_value("hand").run()
    field(page, "own-hand-scale-0").set_value(0.0).run()
    assert "three scales other than 0" in page.texts and page.widget("own-use").disabled
    field(page, "own-colours").set_value("unit").run()
    field(page, "own-title").set_value("My *toy*").run()
    page.at.switch_page(PAGES["report"]).run()
    page.at.switch_page(PAGES["own-model"]).run()
    assert (field(page, "own-title").value, field(page, "own-colours").value) == ("My *toy*", "unit"), (
        "what was typed stays"
    )

    page.widget("own-use").click().run()
    key = page.at.session_state[MODEL]
    assert (
        is_upload_key(key)
        and page.at.query_params["own"] == key
        and page.at.session_state[OWN_ADMITTED] == key
    )
    said = find_own(key)
    assert (said.title, said.labels, said.preprocessing.preset, said.answer) == (
        "My *toy*",
        NAMES,
        "unit",
        "softmax",
    )
    assert (
        page.at.success[0].value.startswith(f"**{as_text('My *toy*')}** is in the list of models")
        and staged(own) == []
    )

    assert visit("own-model").has("empty"), "another session does not see it"
    assert page.has(f"own-remove-{key}") and visit("own-model", own=key).has(f"own-remove-{key}"), (
        "who has its link does"
    )
    page.widget(f"own-remove-{key}").click().run()
    assert find_own(key) is None and page.has("empty") and page.at.session_state[MODEL] == DEFAULT_MODEL.key
    assert not page.at.exception and not page.at.error


@pytest.mark.models
@pytest.mark.parametrize("name", ["resnet.onnx", QUANTISED])
def test_a_model_of_another_library_is_used(visit, own, name):
    page = upload(visit("own-model"), (EXPORTED / name).read_bytes(), name)
    page.until(lambda page: page.has("own-use"))
    whole = name.endswith(".onnx")
    assert f"{18 if whole else 6} of 18 methods are available" in page.texts
    field(page, "own-names-text").set_value("\n".join(NAMES)).run()
    page.widget("own-use").click().run()
    found = find_own(page.at.session_state[MODEL])
    assert (found.kind, found.converted) == ("onnx" if whole else "tflite", whole)
    assert not page.at.exception and not page.at.error and staged(own) == []


def test_a_larger_size_is_examined_before_the_model_is_used(visit, own):
    page = upload(visit("own-model"), tiny_keras(side=None)).until(lambda page: page.has("own-use"))
    field(page, "own-names-text").set_value("\n".join(NAMES)).run()
    aspect = f"own-size-aspect-{page.at.session_state[OWN].number}"
    assert not page.widget("own-use").disabled and page.has(aspect)
    field(page, "own-size-w").set_value(448).run()
    assert not page.has("own-use") and "examined on images of 224 x 224 pixels" in page.texts
    page.widget("own-size-go").click().run()
    page.until(lambda page: page.has("own-use"))
    assert page.at.session_state[OWN].outcome().tried_hw == (224, 448)
    assert field(page, "own-names-text").value == "\n".join(NAMES), "what was typed stays"
    page.widget("own-use").click().run()
    assert find_own(page.at.session_state[MODEL]).policy == FixedSize(224, 448) and not page.at.exception


def test_what_is_refused_is_one_sentence_and_nothing_is_lost(visit, own):
    page = visit("own-model")
    page.widget("own-hub").set_value("no <b>name</b>")
    page.widget("own-hub-go").click().run()
    assert (
        "is named owner/name" in page.at.error[0].value and page.widget("own-hub").value == "no <b>name</b>"
    )
    upload(page, b"nothing", "nothing.keras")
    assert len(page.at.error) == 1 and "not a model that Vitrine reads" in page.at.error[0].value
    upload(page, tiny_keras(layer("Lambda", name="own", function="<b>code</b>")))
    page.until(lambda page: page.at.session_state[OWN].done)
    page.at.run()
    assert len(page.at.error) == 1 and "Lambda" in page.at.error[0].value and not page.at.exception
    assert page.widget("own-hub").value == "no <b>name</b>", "what was typed stays"
    page.widget("own-leave").click().run()
    assert not page.at.error and staged(own) == []


def test_a_model_of_the_hub_is_fetched_and_refused_in_words(visit, own, monkeypatch):
    files = {
        "config.json": b"{}",
        "preprocessor_config.json": b"{}",
        "model.safetensors": b"no weights" * 200,
    }
    with FakeHub("owner/name", files) as hub:
        monkeypatch.setattr(
            "components.own_models.candidate.fetch_folder", partial(fetch_folder, endpoint=hub.endpoint)
        )
        page = visit("own-model")
        page.widget("own-hub").set_value("owner/name")
        page.widget("own-hub-go").click().run()
        assert page.at.session_state[OWN].source == "Hugging Face, owner/name"
        page.until(lambda page: page.has("own-leave"))
    assert any(name.endswith("model.safetensors") for name, _range in hub.requests)
    assert (
        len(page.at.error) == 1
        and "**name** cannot be used." in page.at.error[0].value
        and not page.at.exception
    )
    assert page.widget("own-hub").value == "owner/name", "what was typed stays"


def test_a_full_disk_is_a_sentence(visit, own):
    page = visit("own-model")
    with files_end_at(100):
        upload(page, tiny_keras())
    assert len(page.at.error) == 1 and "cannot be written to" in page.at.error[0].value
    assert not page.at.exception and staged(own) == []


def test_an_examination_is_left(visit, own):
    with doctor._turns:  # another model is examined
        page = upload(visit("own-model"), tiny_keras())
        page.until(lambda page: page.has("own-cancel"))
        assert "models are examined one at a time" in str([bar.proto.text for bar in page.at.get("progress")])
        assert len(staged(own)) == 1
        page.widget("own-cancel").click().run()
        assert not page.has("own-cancel") and page.has("empty")
    wait_for(lambda: not staged(own))
    assert not page.at.exception
