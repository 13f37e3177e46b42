"""A person's files are decoded once, within a budget, and while somebody looks."""

import io
import zipfile
from types import SimpleNamespace

import pytest
from PIL import Image

from components.session import reading
from components.session.own_pictures import Tray
from components.session.reading import PixelBudget, SessionReader
from compute.decoding.turns import Gone
from engine.errors import PictureError
from engine.images.files import read_files
from engine.images.picture import read_picture
from tests.fuzz.bombs import saved


@pytest.fixture
def decoded(monkeypatch):
    """Names of the files that were decoded, here in place of another process."""
    names: list[str] = []
    own = Tray()

    def read(data, name, guest):
        names.append(name)
        return read_picture(data, name, guest.charge)

    monkeypatch.setattr(reading, "decoder", lambda: SimpleNamespace(read=read))
    monkeypatch.setattr(reading, "tray", lambda: own)
    return SimpleNamespace(names=names, tray=own)


def png(colour: str, side: int = 40) -> bytes:
    return saved(Image.new("RGB", (side, side), colour), "PNG")


def packed(*contents: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.png", content)
    return buffer.getvalue()


def test_equal_files_are_decoded_once_whether_they_are_pictures_or_not(decoded):
    reader, pack = SessionReader(), packed(*[png("red")] * 120, *[b"junk"] * 5, png("blue"))
    for _again in range(2):
        decoded.tray.add(read_files([("a.zip", pack), ("b.png", png("red"))], reader.read))
        assert decoded.names == ["0.png", "120.png", "125.png"]
    assert [picture.name for picture in decoded.tray.pictures.values()] == ["0.png", "125.png"]
    assert len(decoded.tray.refused) == 5
    decoded.tray.remove(next(iter(decoded.tray.pictures)))
    decoded.tray.add(read_files([("b.png", png("red"))], reader.read))
    assert decoded.names[3:] == ["b.png"] and len(decoded.tray.pictures) == 2


def test_a_session_has_a_budget_that_comes_back_with_time(decoded, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(reading, "monotonic", lambda: now[0])
    reader = SessionReader()
    reader._budget = PixelBudget(3500, 100)
    files = [(f"{colour}.png", png(colour)) for colour in ("red", "blue", "green")]
    decoded.tray.add(read_files(files, reader.read))
    (refused,) = decoded.tray.refused
    assert refused.name == "green.png" and "again in 14 s" in str(refused.refused)
    now[0] += 14
    decoded.tray.add(read_files(files, reader.read))
    assert len(decoded.tray.pictures) == 3 and not decoded.tray.refused


def test_what_has_ended_a_process_counts_as_the_largest_picture(decoded, monkeypatch):
    def fail(data, name, guest):
        guest.on_failure()
        raise PictureError("It takes too long.")

    monkeypatch.setattr(reading, "decoder", lambda: SimpleNamespace(read=fail))
    reader = SessionReader()
    files = [(f"{number}.png", bytes([number])) for number in range(20)]
    said = [str(found.refused) for found in read_files(files, reader.read)]
    assert said[:17] == ["It takes too long."] * 17 and all("has just read" in text for text in said[17:])


def test_a_zip_has_a_budget_of_its_own(decoded, monkeypatch):
    monkeypatch.setattr("engine.images.files.MAX_ZIP_PIXELS", 3500)
    pack = packed(png("red"), png("blue"), png("green"), png("black", 16))
    found = list(read_files([("a.zip", pack), ("c.png", png("green"))], SessionReader().read))
    assert [one.picture is not None for one in found] == [True, True, False, True, True]
    assert "The images of a ZIP" in str(found[2].refused)


def test_a_closed_tab_ends_the_run_of_the_page(decoded, monkeypatch):
    def leave(data, name, guest):
        assert guest.is_here() is False
        raise Gone

    def stop():
        raise KeyboardInterrupt

    looking = SimpleNamespace(is_active_session=lambda _session: False)
    monkeypatch.setattr(
        reading, "runtime", SimpleNamespace(exists=lambda: True, get_instance=lambda: looking)
    )
    monkeypatch.setattr(reading, "decoder", lambda: SimpleNamespace(read=leave))
    monkeypatch.setattr(reading.st, "stop", stop)  # outside of a run of a page it does nothing
    with pytest.raises(KeyboardInterrupt):
        list(read_files([("a.zip", packed(png("red"), png("blue")))], SessionReader().read))
