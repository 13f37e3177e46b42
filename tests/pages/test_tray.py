"""One's own pictures, and those that the server offers, inside the frame."""

import io
import zipfile

import pytest

from components.session.keys import STRIP, TRAY
from components.session.offers import server_pictures
from tests.pages.visits import Visit, picture_bytes

EVIL = "<img src=x onerror=alert(1)> [a](http:b) **c** `d`.png"


def given(page: Visit, *files: tuple[str, bytes]) -> Visit:
    """Files put where the bar on top takes them."""
    page.at.file_uploader[0].set_value([(name, content, "image/png") for name, content in files]).run()
    return page


def zipped(*members: tuple[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return content.getvalue()


def seen(page: Visit) -> str:
    """Name of the picture that the page is about."""
    return (page.component("picker") or {}).get("title", "").removeprefix("Zones of the image ")


@pytest.fixture
def opened(visit):
    """Three pictures and two bad files on the tray, the first one looked at."""
    page = visit("home", source="upload").until(lambda page: page.at.file_uploader)
    sizes = [picture_bytes(size_hw=(96, 96 + 32 * number)) for number in range(3)]
    pack = zipped(("in/b.png", sizes[1]), ("../c.png", sizes[2]), ("c.png", sizes[2]))
    return given(page, (EVIL, sizes[0]), ("pack.zip", pack), ("empty.png", b""))


def test_pictures_of_files_and_zips_lie_on_the_tray_and_bad_ones_are_said(opened):
    strip = opened.component(STRIP)
    assert [one["name"] for one in strip["pictures"]][:4] == [
        EVIL,
        "b.png",
        "c.png",
        "Leafy street in the sun",
    ]
    assert strip["chosen"] == strip["pictures"][0]["key"] and all(
        one["source"].startswith("data:image/jpeg") for one in strip["pictures"]
    )
    (said,) = opened.at.error
    assert (
        "`../c.png`: It refers to a place outside" in said.value
        and "`empty.png`: The file is empty" in said.value
    )
    assert r"**\<img src=x onerror=alert\(1\)\> \[a\]\(http\:b\) \*\*c\*\* \`d\`.png**" in opened.texts
    assert not opened.at.file_uploader[0].value and not opened.at.exception


def test_one_is_shown_kept_over_pages_and_taken_off(opened):
    opened.send(STRIP, pick={"key": opened.component(STRIP)["pictures"][1]["key"], "click": 1})
    opened.until(lambda page: seen(page) == "b.png")
    opened.at.switch_page("pages/explain/zones.py").run()
    opened.until(lambda page: seen(page) == "b.png")
    opened.widget("tray-remove").click().run()
    opened.until(lambda page: seen(page) == "c.png")
    opened.widget("tray-empty").click().run()
    assert not opened.at.session_state[TRAY].pictures and all(
        ":" in one["key"] for one in opened.component(STRIP)["pictures"]
    )
    opened.until(lambda page: seen(page) == "Leafy street in the sun")
    assert opened.has("no-link")


def test_the_tray_is_bounded_in_bytes(visit, monkeypatch):
    monkeypatch.setattr("components.session.own_pictures.MAX_MEGABYTES", 0.05)
    page = visit("home", source="upload").until(lambda page: page.at.file_uploader)
    given(
        page,
        ("a.png", picture_bytes()),
        ("b.png", picture_bytes(size_hw=(96, 96))),
        ("c.png", picture_bytes(size_hw=(96, 64))),
    )
    assert [picture.name for picture in page.at.session_state[TRAY].pictures.values()] == ["a.png"]
    assert (
        "`b.png`: Your image list is full" in page.at.error[0].value and "c.png" not in page.at.error[0].value
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """What an owner offers: a picture in a folder, a link to one outside, and a bad file."""
    offered = tmp_path / "offered"
    (offered / "city").mkdir(parents=True)
    (offered / "city" / "a.png").write_bytes(picture_bytes())
    (offered / "bad.png").write_bytes(b"nothing")
    (tmp_path / "secret.png").write_bytes(picture_bytes(size_hw=(64, 64)))
    (offered / "link.png").symlink_to(tmp_path / "secret.png")
    monkeypatch.setenv("VITRINE_PICTURES", str(offered))
    server_pictures._listed.cache_clear()
    server_pictures._read.cache_clear()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["city/a.png", "../secret.png"])
def test_a_link_names_a_picture_of_the_server_and_no_other_file(visit, name):
    page = visit("zones", source="server", **{"server-picture": name}).until(
        lambda page: page.has("server-picture")
    )
    assert page.widget("server-picture").options == ["bad.png", "city/a.png"]
    if name == "city/a.png":
        page.until(lambda page: seen(page) == name)
    else:
        assert "secret" not in page.texts and "cannot be read as an image" in page.texts


def test_a_model_of_another_subject_brings_a_sample_that_suits_it(visit):
    page = visit().until_picture()
    assert page.widget("sample").value == "street-1"
    page.widget("model").set_value("vgg16-imagenet").run()
    assert page.widget("sample").value == "cat" and not page.at.exception
    page.send(STRIP, pick={"key": "sample:flower", "click": 1})
    assert page.widget("sample").value == "flower"
    page.widget("model").set_value("streets-unet").run()
    assert page.widget("sample").value == "street-1"


def test_a_link_names_any_sample_with_any_model(visit):
    page = visit("home", model="streets-unet", sample="cat")
    assert page.widget("sample").value == "cat" and not page.at.exception
