"""The start page inside the frame, with a real cluster and a toy model."""

from components.words.plain import as_text
from model_store.catalogue import CATALOGUE, model_folder
from tests.pages.visits import Visit, picture_bytes


def upload(visit: Visit, name: str, content: bytes, mime: str = "image/png") -> Visit:
    visit.at.file_uploader[0].upload(name, content, mime).run()
    return visit


def test_shows_a_result_before_anything_is_chosen(visit):
    page = visit().until_picture()
    assert not page.at.exception and not page.at.error
    drawn = page.component("picker")
    assert drawn["width"] == 1024 and len(drawn["zones"]) > 1
    assert drawn["title"].startswith("Zones of the image")


def test_a_zone_is_chosen_and_a_click_chooses_another(visit):
    page = visit().until_picture()
    first = page.widget("zone").value
    assert first is not None
    page.click(0.95, 0.05)
    assert page.widget("zone").value not in (None, first)


def test_says_what_is_known_of_the_model(visit):
    page = visit().until_picture()
    assert as_text(CATALOGUE[page.widget("model").value].licence) in page.part("about-model")


def test_all_models_are_cards_and_what_is_not_here_says_how_it_is_had(visit):
    page = visit().until_picture()
    assert not page.has("model-choose-dogs-vgg")
    page.widget("all-models").set_value(True).run()
    for key, entry in CATALOGUE.items():
        assert page.has(f"model-choose-{key}") and f"**{as_text(entry.title)}**" in page.texts
    assert page.widget(f"model-choose-{page.widget('model').value}").disabled
    mobile = CATALOGUE["mobilenetv2-imagenet"]
    for said in (
        mobile.web_files[0].url,
        str(model_folder(mobile)),
        next(file.digest for file in mobile.web_files if file.digest),
        "14 MB to download",
        "https://huggingface.co/nvidia/",
        "for a thousand model evaluations",
    ):
        assert said in page.texts
    page.widget("model-choose-dogs-vgg").click().run()
    assert page.widget("model").value == "dogs-vgg" and not page.at.exception


def test_the_tour_begins_by_itself_on_a_sample_only(visit):
    page = visit().until_picture()
    tour = page.component("tour")
    assert tour["by_itself"] and len(tour["steps"]) == 4
    assert all(len(step["text"].split()) <= 40 and step["anchors"] for step in tour["steps"])
    upload(page, "mine.png", picture_bytes())
    page.until(lambda page: (page.component("picker") or {}).get("title", "").endswith("mine.png"))
    assert not page.component("tour")["by_itself"]


def test_own_picture_replaces_the_sample(visit):
    page = upload(visit().until_picture(), "mine.png", picture_bytes())
    page.until(lambda page: (page.component("picker") or {}).get("title", "").endswith("mine.png"))
    assert (page.component("picker")["width"], page.component("picker")["height"]) == (128, 96)
    assert len(page.component("picker")["zones"]) == 3
    assert page.has("no-link")


def test_bad_file_is_one_sentence_and_the_picture_stays(visit):
    page = visit().until_picture()
    before = page.component("picker")
    upload(page, "broken.png", b"\x89PNG\r\n\x1a\nnonsense")
    said = (
        "This file cannot be read as an image (JPEG, PNG, WebP, BMP, TIFF, GIF or HEIC). It may be damaged."
    )
    assert [error.value for error in page.at.error] == [f"`broken.png`: {as_text(said)}"]
    assert page.component("picker") == before
    upload(page, "empty.jpg", b"")
    said = "The file is empty (0 bytes). Please select another image."
    assert [error.value for error in page.at.error] == [f"`empty.jpg`: {as_text(said)}"]
    assert page.component("picker") == before


def test_bad_file_keeps_the_own_picture_before_it(visit):
    page = upload(visit().until_picture(), "mine.png", picture_bytes())
    upload(page, "tiny.png", picture_bytes(size_hw=(9, 9)))
    assert "too small" in page.at.error[0].value
    page.until(lambda page: (page.component("picker") or {}).get("title", "").endswith("mine.png"))


def test_model_that_cannot_be_loaded_is_one_sentence(visit):
    page = visit(model="streets-unet")
    page.until(lambda page: page.at.error)
    assert [error.value for error in page.at.error] == [
        "The file weights.safetensors is missing. Please put it back."
    ]
    page.widget("model").set_value("streets-segformer").run()
    page.until_picture()
    assert not page.at.error


def test_model_that_is_not_here_is_offered_with_size_and_licence(visit, monkeypatch, tmp_path):
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path))
    page = visit(model="segformer-b0-cityscapes")
    assert "15 MB" in page.texts
    assert page.widget("fetch-segformer-b0-cityscapes").label == "Download the model"
    assert page.widget("classes") is not None


def test_fetching_without_a_network_says_what_to_do(visit, monkeypatch, tmp_path):
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path))
    monkeypatch.setattr("components.jobs.download._download", refuse)
    page = visit(model="segformer-b0-cityscapes")
    page.widget("fetch-segformer-b0-cityscapes").click().run()
    page.until(lambda page: page.at.error)
    assert "Please connect" in page.at.error[0].value
    assert page.widget("fetch-segformer-b0-cityscapes").label == "Download the model"


def refuse(entry, fetch):
    from engine.errors import ModelError

    raise ModelError("The hub cannot be reached. Please connect to the network.")


def test_a_classifier_is_explained_at_once_and_says_what_it_sees(visit):
    page = visit(model="dogs-vgg", sample="coffee").until(lambda page: page.component("sheet"))
    assert "The model sees the whole image, resized to" in page.texts
    (group,) = page.component("sheet")["groups"]
    assert group["title"].startswith("Why ") and len(group["tiles"]) == 1
    page.widget("fit").set_value("crop").run()
    page.until(lambda page: "only this central part" in page.texts)
    assert not page.at.exception


def test_a_link_says_what_a_classifier_sees(visit):
    page = visit(model="dogs-vgg", sample="coffee", fit="pad").until(lambda page: page.component("sheet"))
    assert "between grey margins" in page.texts
    assert page.widget("fit").value == "pad"


def test_models_that_find_zones_have_no_choice_of_what_they_see(visit):
    assert not visit().until_picture().has("fit")
