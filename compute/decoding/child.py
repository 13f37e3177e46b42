"""Entry of a process that decodes pictures: it has limits, and ends when nobody asks any more.

It reads the length of a file and the file, and answers in lines of JSON: how many pixels the file says that
it has, whereupon it reads whether to go on, and then the sizes, followed by the pixels; or why there is no
picture.
"""

import json
import os
import sys
import warnings
from typing import Any, BinaryIO

import psutil

from compute.base.priority import go_behind
from compute.doctor.limits import limit
from compute.doctor.scan_limit import ends_after
from engine.errors import PictureError
from engine.images.picture import Picture, read_picture

LENGTH_BYTES = 8
YES, NO = b"y", b"n"

ROOM_MB = 512
"""Memory for a picture, beside what the process has at its beginning."""

LIFE_SECONDS = 3600
"""Processor time for all."""


def answer_requests(seconds: float) -> None:
    """Decode what is asked for, one file after the other.

    Args:
        seconds: processor time for each.
    """
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    go_behind()
    warnings.simplefilter("ignore")
    _warm_up()
    limit((psutil.Process().memory_info().vms >> 20) + ROOM_MB, LIFE_SECONDS, lambda: os._exit(1))
    while length := orders.read(LENGTH_BYTES):
        data = orders.read(int.from_bytes(length, "big"))
        with ends_after(seconds):
            _answer(data, orders, answers)
        del data


def _warm_up() -> None:
    """Import what decoders are made of before memory is counted."""
    import pillow_heif
    from PIL import Image

    Image.init()
    pillow_heif.register_heif_opener()


def _answer(data: bytes, orders: BinaryIO, answers: BinaryIO) -> None:
    def charge(pixels: int) -> None:
        _tell(answers, {"asks": pixels})
        if orders.read(1) != YES:
            raise EOFError("it is not to be decoded")

    try:
        _tell_picture(answers, read_picture(data, charge=charge))
    except PictureError as error:
        _tell(answers, {"refused": {"text": error.text, "values": error.values}})


def _tell(answers: BinaryIO, message: dict[str, Any], content: bytes = b"") -> None:
    answers.write(json.dumps(message).encode() + b"\n" + content)
    answers.flush()


def _tell_picture(answers: BinaryIO, picture: Picture) -> None:
    _tell(answers, {"size": picture.size_hw, "file": picture.file_hw}, picture.pixels.tobytes())


if __name__ == "__main__":
    answer_requests(float(sys.argv[1]))
