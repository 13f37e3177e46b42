"""Pictures that cost much are decoded elsewhere, within limits; the server stays as it was."""

import threading
from random import Random

import numpy as np
import psutil
import pytest
from PIL import Image

from compute.base.priority import BELOW
from compute.decoding import child, process
from compute.decoding.decoder import Decoder, Guest
from compute.decoding.turns import Gone
from engine.errors import PictureError
from engine.images.picture import read_picture
from tests.fuzz.bombs import flat_pixels, large_tile, many_chunks, many_markers, many_strips, saved
from tests.harness.waits import wait_for

pytestmark = pytest.mark.processes
SERVER_MB = 40
"""What a decode may leave in this process: the file, and a picture of 1024 a side."""


@pytest.fixture(scope="module")
def decoder():
    made = Decoder(lambda: 1)
    yield made
    made.close()


class Heaviest(Random):
    """Chooses the last of everything, which is the worst."""

    def choice(self, seq):
        return seq[-1]


def peak_mb(decoder: Decoder) -> float:
    """The most memory that its process has had."""
    (found,) = decoder._idle
    with open(f"/proc/{found._process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def test_it_gives_way_to_the_server(decoder):
    decoder.read(saved(Image.new("RGB", (64, 64)), "PNG"), "a.png", Guest())
    (found,) = decoder._idle
    assert psutil.Process(found._process.pid).nice() == psutil.Process().nice() + BELOW


def test_what_it_reads_is_what_is_read_here(decoder):
    asked = []
    image = Image.fromarray(np.random.default_rng(3).integers(0, 256, (900, 1400, 3), np.uint8))
    data = saved(image, "JPEG", quality=80)
    found = decoder.read(data, "a.jpg", Guest(charge=asked.append))
    here = read_picture(data, "a.jpg")
    assert found == here and found.file_hw == here.file_hw == (900, 1400) and asked == [900 * 1400]
    with pytest.raises(PictureError, match="cannot be read"):
        decoder.read(b"no picture", "b.jpg", Guest())


def test_a_flat_picture_of_fifty_million_pixels_costs_this_process_nothing(decoder):
    data = saved(Image.new("RGB", (7000, 7000), "navy"), "PNG")
    assert len(data) < 200_000
    before = psutil.Process().memory_info().rss
    assert decoder.read(data, "a.png", Guest()).size_hw == (1024, 1024)
    assert psutil.Process().memory_info().rss - before < SERVER_MB << 20
    assert peak_mb(decoder) < 400


@pytest.mark.parametrize("bomb", [flat_pixels, large_tile, many_strips, many_chunks, many_markers])
def test_bombs_are_read_or_are_a_sentence_and_the_next_picture_is_read(decoder, bomb, monkeypatch):
    monkeypatch.setattr(process, "PATIENCE_SECONDS", 200.0)
    monkeypatch.setattr(process, "SECONDS", 2)
    decoder.close()
    failed = []
    try:
        decoder.read(bomb(Heaviest(), b""), "a.png", Guest(on_failure=lambda: failed.append(1)))
    except PictureError as error:
        assert str(error).endswith("copy.") or "may be damaged" in str(error)
    assert failed or peak_mb(decoder) < child.ROOM_MB + 150
    assert decoder.read(saved(Image.new("RGB", (32, 32)), "PNG"), "b.png", Guest()).size_hw == (32, 32)


def test_a_killed_process_is_a_sentence_and_is_replaced(decoder):
    data = saved(Image.new("RGB", (64, 48)), "PNG")
    decoder.read(data, "a.png", Guest())
    (idle,) = decoder._idle
    with pytest.raises(PictureError, match="cannot be read as an image"):
        decoder.read(data, "a.png", Guest(charge=lambda _pixels: idle._process.kill()))
    assert decoder.read(data, "a.png", Guest()).size_hw == (48, 64)
    (other,) = decoder._idle
    other._process.kill()
    other._process.wait()
    assert decoder.read(data, "a.png", Guest()).size_hw == (48, 64)


def test_what_is_refused_is_not_decoded(decoder):
    def refuse(pixels: int) -> None:
        raise PictureError("{pixels} are too many.", pixels=pixels)

    data = saved(Image.new("RGB", (64, 48)), "PNG")
    with pytest.raises(PictureError, match="3072 are too many"):
        decoder.read(data, "a.png", Guest(charge=refuse))
    assert decoder.read(data, "a.png", Guest()).size_hw == (48, 64)


def test_decoding_ends_with_whoever_asked(decoder):
    here, outcome = threading.Event(), []
    here.set()
    guest = Guest(charge=lambda _pixels: here.clear() or here.wait(0.5), is_here=here.is_set)

    def ask() -> None:
        with pytest.raises(Gone):
            decoder.read(saved(Image.new("RGB", (7000, 7000)), "PNG"), "a.png", guest)
        outcome.append("gone")

    asking = threading.Thread(target=ask)
    asking.start()
    wait_for(lambda: outcome, 60)
    asking.join()
    assert not decoder._idle and decoder._turns._running == 0


def test_processes_that_nobody_needs_are_ended(decoder, monkeypatch):
    monkeypatch.setattr("compute.decoding.decoder.IDLE_SECONDS", 0.05)
    decoder.read(saved(Image.new("RGB", (32, 32)), "PNG"), "a.png", Guest())
    wait_for(lambda: not decoder._idle)
