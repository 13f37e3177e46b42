"""Privacy between sessions: no other sees what one brings, and in private mode nothing of it stays."""

import gc
import json
import os
import weakref
from pathlib import Path
from typing import Any

import pytest

from components.session.keys import BATCH, PRIVATE_QUEUE, TRAY
from tests.harness.waits import wait_for
from tests.pages.test_tray import given
from tests.pages.visits import SMALL_PASS, Visit, picture_bytes


def stored() -> set[str]:
    """Results on disk."""
    return {entry.parent.name for entry in Path(os.environ["VITRINE_CACHE"]).glob("*/manifest.json")}


def stored_of(page: Visit) -> set[str]:
    """Those about images that a session has brought."""
    brought = set(page.at.session_state[TRAY].pictures)
    return {name for name in stored() if manifest_of(name)["facts"].get("picture_sha256") in brought}


def manifest_of(name: str) -> dict[str, Any]:
    return json.loads((Path(os.environ["VITRINE_CACHE"]) / name / "manifest.json").read_text())


def with_own(name: str, width: int) -> Visit:
    """A session that has brought a picture, another one for each width."""
    page = Visit("zones", source="upload", **SMALL_PASS).until(lambda page: page.at.file_uploader)
    return given(page, (name, picture_bytes(size_hw=(96, width)))).until(
        lambda page: page.component("picker")
    )


def explained(page: Visit) -> Visit:
    """The same session with the map of the first zone."""
    if page.until(lambda page: page.has("zone")).widget("zone").value is None:
        page.widget("zone").set_value(0).run()
    return page.until(lambda page: page.mapped)


def everything(page: Visit) -> str:
    """All that the browser of a session is told."""
    return "\n".join([page.texts, *(element.proto.json for element in page.at.get("bidi_component"))])


def test_two_sessions_do_not_see_each_others_pictures_and_results():
    first, second = explained(with_own("hers.png", 160)), Visit("zones", source="upload").until_picture()
    assert "hers.png" in everything(first) and "hers.png" not in everything(second)
    assert not second.at.session_state[TRAY].pictures and second.component("map") is None
    second = explained(
        with_own("his.png", 160)
    )  # the same pixels, and so the same work: found, but by its own name
    assert "hers.png" not in everything(second) and "his.png" in everything(second)
    (job,) = second.jobs("perturbation")
    assert job.view.explain(0).provenance.picture == "his.png"
    for entry in stored():
        assert (
            "hers" not in entry
            and "his.png" not in (Path(os.environ["VITRINE_CACHE"]) / entry / "manifest.json").read_text()
        )


def test_private_mode_removes_what_was_stored_keeps_nothing_and_forgets():
    page = explained(with_own("mine.png", 192))
    page.until(stored_of)
    page.widget("private").set_value(True).run()
    page.until(lambda page: not stored_of(page))
    explained(page)
    room = weakref.ref(page.at.session_state[PRIVATE_QUEUE])
    (job,) = (weakref.ref(job._execution) for job in page.jobs("perturbation"))
    assert not stored_of(page) and job().key.endswith(room()._mark)
    page.widget("tray-remove").click().run()
    assert PRIVATE_QUEUE not in page.at.session_state
    wait_for(lambda: gc.collect() >= 0 and job() is None and room() is None, 20)


def test_changed_images_of_a_private_image_are_private_too():
    page = Visit("zones", source="upload", method="occlusion", positions="4")
    page = given(
        page.until(lambda page: page.at.file_uploader), ("mine.png", picture_bytes(size_hw=(96, 224)))
    )
    page.until(lambda page: page.has("private")).widget("private").set_value(True).run()
    explained(page).until(lambda page: page.has("try-stability")).widget("try-stability").click().run()
    page.until(lambda page: "On average the rank correlation is" in page.texts)
    own = page.at.session_state[TRAY]
    made = own.parts - set(own.pictures)
    assert len(made) > 10
    assert not {name for name in stored() if manifest_of(name)["facts"].get("picture_sha256") in made}


@pytest.mark.usefixtures("all_models_are_here")
def test_a_private_server_says_so_and_writes_no_batch_to_disk(monkeypatch):
    monkeypatch.setenv("VITRINE_PRIVATE", "on")
    page = Visit("batch", source="upload", pictures="own", model="vgg16-imagenet", method="gradcam").until(
        lambda page: page.has("files")
    )
    assert "This server keeps none of your images" in page.texts and not page.has("private")
    mine = picture_bytes(size_hw=(96, 208))  # no other test stores results of it
    given(page, ("mine.png", mine)).until(lambda page: page.has("batch-start")).widget(
        "batch-start"
    ).click().run()
    folder = (
        page.until(lambda page: page.at.session_state[BATCH].job.finished)
        .at.session_state[BATCH]
        .job.batch.folder
    )
    assert folder.is_relative_to("/dev/shm") and not stored_of(page)
    page.widget("tray-remove").click().run()
    gc.collect()
    assert BATCH not in page.at.session_state and not folder.exists()
