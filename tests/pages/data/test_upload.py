"""A person without code uploads a data set as a ZIP: it is measured, and nobody else sees it."""

import gc
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from components.session.offers import data_sets
from compute.measure.shelf import shelves
from compute.unpacking import unpacking
from data_store.uploads import folders
from settings import override, settings
from tests.data_store.test_uploads import packed
from tests.harness.waits import wait_for
from tests.pages.data.test_data_sets import SHADES, measured, open_page
from tests.pages.visits import Visit

pytestmark = pytest.mark.usefixtures("all_models_are_here")


def shade(value, number):
    pixels = np.full((32, 32, 3), value, np.uint8)
    pixels[-1, -1] = number  # outside of what the toy looks at
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def shades(seed=0, count=3):
    """Bright and dark images, one of which is called wrongly, and one that is none."""
    files = {
        f"my shades/{name}/{number}.png": shade(value, seed + number)
        for name, value in SHADES.items()
        for number in range(count)
    }
    wrong = {"my shades/dark/not-dark.png": shade(250, seed + 9), "my shades/dark/torn.png": b"no image"}
    return packed({**files, **wrong, "my shades/notes.txt": b"x"})


def give(page, content, name="my shades.zip"):
    field = next(found for found in page.at.get("file_uploader") if found.key.startswith("set-file"))
    field.upload(name, content, "application/zip").run()
    return page.until(lambda page: "_incoming" not in page.at.session_state)


def written(page):
    """Folders of uploads that have come since the session was opened."""
    return set(settings().cache.glob("uploads/*")) - page.before


def uploaded(page):
    """The data sets of a session, by key."""
    return page.at.session_state["_uploaded_sets"].sets


@pytest.fixture
def page(tmp_path):
    before = set(settings().cache.glob("uploads/*"))  # of sessions of other tests
    with override(data=str(tmp_path)):
        data_sets._listed.cache_clear()
        opened = open_page("data-set", data="digits")
        opened.before = before
        yield opened
    data_sets._listed.cache_clear()


def test_from_a_zip_to_figures_errors_and_an_explanation(page):
    give(page, shades()).until(measured)
    assert not page.at.exception and not page.at.error
    figures = {figure.label: figure.value for figure in page.at.metric}
    assert figures["Accuracy"] == "0.857" and figures["Images"] == "7"
    assert "8 images · 2 classes" in page.texts and "1 other file was left out" in page.texts
    ((key, found),) = uploaded(page).items()
    assert page.widget("data").value == key and found.data.title == "my shades"
    assert (
        found.folder.stat().st_mode & 0o777
    ) == 0o700 and found.folder.parent == settings().cache / "uploads"
    refused = page.at.dataframe[-1].value
    assert refused.iloc[0, 0] == "dark/torn.png" and "cannot be read as an image" in refused.iloc[0, 1]
    page.at.switch_page("pages/data/errors.py").run()
    page.widget("data").set_value(key).run()  # a browser keeps what is in the address
    page.until(measured)
    assert "Images 1 to 1 of 1" in page.texts and not page.at.exception
    page.at.query_params["item"] = f"{key}/dark/not-dark.png"
    page.at.switch_page("pages/explain/compare.py").run()
    page.until(lambda page: page.component("sheet"))
    assert "not-dark.png" in page.texts and "From the data set my shades." in page.texts
    assert "item" not in page.at.query_params, "no link carries it"


def test_nobody_else_sees_it(page):
    give(page, shades(20)).until(measured)
    (key,) = uploaded(page)
    title = "my shades (uploaded)"
    assert title in page.widget("data").options
    for guess in (key, title, "my shades"):
        other = open_page("data-set", data=guess)
        assert title not in other.widget("data").options and other.widget("data").value != key
        assert not other.at.exception and "8 images · 2 classes" not in other.texts
    other = Visit("compare", model="dogs-vgg", item=f"{key}/dark/not-dark.png")
    assert any("is not in your session" in found.value for found in other.at.error)
    assert "not-dark" not in other.texts


def test_it_is_read_in_another_way(page):
    give(page, shades(40)).until(measured)
    ((key, found),) = uploaded(page).items()
    kinds = next(found for found in page.at.selectbox if found.key.startswith("set-kind"))
    assert kinds.options == ["A folder for each class", "Images without labels"]
    kinds.set_value("unlabelled").run()
    page.until(lambda page: "_incoming" not in page.at.session_state).until(measured)
    assert uploaded(page)[key].data.task is None and "has no classes" in page.texts
    assert found.folder.is_dir() and "1 other file was left out" in page.texts


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no zip", "This file is not a ZIP"),
        (packed({"../a.png": b"x"}), "leads out of it"),
        (packed({"a.txt": b"x"}), "There are no images in this ZIP"),
    ],
)
def test_a_refusal_is_a_sentence_and_nothing_is_left(page, content, reason):
    give(page, content, "<b>bad</b>.zip")
    (said,) = page.at.error
    assert reason in said.value and r"\<b\>bad\</b\>.zip" in said.value.replace("\u2060", "")
    assert not uploaded(page) and not written(page) and page.widget("data").value == "digits"
    page.widget("set-dismiss").click().run()
    assert not page.at.error


def test_it_can_be_cancelled_while_it_waits(page):
    with unpacking._turns:
        field = next(found for found in page.at.get("file_uploader") if found.key.startswith("set-file"))
        field.upload("my shades.zip", shades(), "application/zip").run()
        assert len(written(page)) == 1
        (bar,) = page.at.get("progress")
        assert "Waiting for its turn" in bar.proto.text
        page.widget("set-cancel").click().run()
        assert not page.has("set-cancel") and not page.at.error
        assert not written(page)
    assert not uploaded(page)


def test_bounds_of_the_server_and_the_session(page):
    with override(data_zip_mb="0"):
        give(page, shades())
    assert "at most 0 MB are taken" in page.at.error[0].value
    with override(data_session_mb="0"):
        give(page, shades())
    assert "There is no room for this data set now" in page.at.error[0].value
    with override(data_images="5"):
        give(page, shades())
    assert "has 8 images; an uploaded data set has at most 5" in page.at.error[0].value.replace("\\", "")
    assert not written(page)


def test_titles_are_told_apart_and_one_is_removed(page):
    give(page, shades(60)), give(page, shades(70))
    first, second = uploaded(page)
    options = page.widget("data").options
    assert "my shades (uploaded)" in options and "my shades (2) (uploaded)" in options
    gone, kept = uploaded(page)[first].folder, uploaded(page)[second].folder
    page.widget(f"set-remove-{first}").click().run()
    assert list(uploaded(page)) == [second] and not gone.exists() and kept.exists()
    assert page.widget("data").value == second
    page.widget(f"set-remove-{second}").click().run()
    assert not kept.exists() and not page.at.exception and page.widget("data").value != second


def test_its_files_go_with_the_session(page):
    give(page, shades(80)).until(measured)
    ((_key, found),) = uploaded(page).items()
    folder = found.folder
    page.at.run()
    assert folder.is_dir(), "not with a run of the page"
    del found
    page.at.session_state["_uploaded_sets"] = None
    page.at = None
    wait_for(lambda: gc.collect() >= 0 and not folder.exists(), 10)


def test_private_mode_keeps_nothing(page, tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "MEMORY", tmp_path / "memory")
    (tmp_path / "memory").mkdir()
    give(page, shades(100)).until(measured)
    ((_key, found),) = uploaded(page).items()
    digests, folder = set(found.data.item_digests), found.folder
    wait_for(lambda: digests <= rows_kept(), 20)
    page.widget("private").set_value(True).run()
    assert not folder.exists() and not uploaded(page)
    wait_for(lambda: not digests & rows_kept(), 20)
    give(page, shades(100)).until(measured)
    ((_key, found),) = uploaded(page).items()
    assert found.folder.parent == tmp_path / "memory" and {*found.data.item_digests} == digests
    (job,) = page.jobs("measure")
    assert job.view.order.folder == found.tables and "_private_queue" in page.at.session_state
    wait_for(lambda: digests <= rows_kept(found.tables), 20)
    assert not digests & rows_kept() and page.at.metric
    page.widget("private").set_value(False).run()
    assert not found.folder.exists() and not list((tmp_path / "memory").iterdir())


def rows_kept(root: Path | None = None) -> set[str]:
    """Digests of the items that have rows on disk."""
    found: set[str] = set()
    for path in (root or shelves()).rglob("*.parquet"):
        with suppress(FileNotFoundError):  # it was just replaced
            found |= {*pq.read_table(path, columns=["item"])["item"].to_pylist()}
    return found
