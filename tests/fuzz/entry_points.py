"""THE table of entry points for a person's files: the kinds that each takes, and how long it may take.

A new entry point is one line.
"""

import os
import pickle
import signal
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compute.decoding.process import PATIENCE_SECONDS
from compute.doctor import doctor
from compute.doctor.scan_limit import ends_after, scan_seconds
from engine.errors import VitrineError
from model_store.own.kinds import GRAPH, kind_of
from model_store.scan import import_libraries, scan
from tests.fuzz.doors.data_sets import open_a_data_set, open_an_upload
from tests.fuzz.families import EXCHANGE, HOSTILE
from tests.fuzz.polyglots import FILES, PAIRS, WITH_GRAPH
from tests.fuzz.stored import open_a_map, open_a_part, open_a_result, open_maps, take_names

Open = Callable[[bytes, str, Path], None]
"""Takes the content, the kind and an empty folder; gives back nothing, or raises what a person would be told.
"""

PICTURE_KINDS = ("jpeg", "png", "webp", "tiff", "gif", "bmp")
PICTURE_PAIRS = tuple(pair for pair in PAIRS if {*pair.split("+")} & {*PICTURE_KINDS, "zip"})
EXCHANGE_KINDS = ("onnx", "tflite", "ir")
UPLOAD_KINDS = ("set", "coco", "parquet set")
SUFFIXES = {
    "toml": "model.toml",
    "h5": "model.h5",
    "keras": "model.keras",
    "zip": "pictures.zip",
    "bundle": "report.zip",
    "onnx": "model.onnx",
    "tflite": "model.tflite",
    "ir": "model.zip",
    **dict.fromkeys(EXCHANGE, "model.bytes"),
}


@dataclass(frozen=True)
class EntryPoint:
    """A way in.

    Attributes:
        open: the very function that the app calls.
        kinds: of files that are tried at it.
        seconds: longer is a failure.
        slow: it takes seconds for each file, so that fewer are tried.
        strict: nothing that is tried at it may be read.
        files: how many of each kind are tried; None for as many as are asked for.
    """

    open: Open
    kinds: tuple[str, ...]
    seconds: float = 10.0
    slow: bool = False
    strict: bool = False
    files: int | None = None


def read_a_picture(data: bytes, kind: str, folder: Path) -> None:
    """The uploader of one picture, and ``--image``."""
    from engine.images.picture import read_picture

    read_picture(data, f"picture.{kind}")


def read_many(data: bytes, kind: str, folder: Path) -> None:
    """The tray: several files, and zips of them.

    All refusals have to be sentences; all refused is a refusal.
    """
    from engine.images.files import read_files

    name = kind.rpartition("+")[2]
    found = list(read_files([(SUFFIXES.get(name, f"picture.{name}"), data)]))
    refusals = [one.refused for one in found if one.refused is not None]
    for refusal in refusals:
        refuse_nonsense(refusal)
    if refusals and len(refusals) == len(found):
        raise refusals[0]


def read_elsewhere(data: bytes, kind: str, folder: Path) -> None:
    """The tray, as the server reads it: pictures are decoded in a process with limits."""
    from compute.decoding.decoder import Guest, decoder
    from engine.images.files import read_files

    def read(content: bytes, name: str, charge: Callable[[int], None]) -> Any:
        return decoder().read(content, name, Guest(charge=charge))

    refusals = [found.refused for found in read_files([(f"picture.{kind}", data)], read) if found.refused]
    for refusal in refusals:
        refuse_nonsense(refusal)
    if refusals:
        raise refusals[0]


def read_words(data: bytes, kind: str, folder: Path) -> None:
    """``model.toml`` of somebody's model."""
    from model_store.own.toml import read_own

    (folder / "model.toml").write_bytes(data)
    read_own(folder)


def look_through(data: bytes, kind: str, folder: Path) -> None:
    """A model's file, before any library makes something of it: what the doctor's process does first."""
    path = _put(data, kind, folder)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, pickle.dumps(_scan(path)))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        found = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) == -signal.SIGVTALRM:
        raise doctor.ended(-signal.SIGVTALRM, path)
    error = pickle.loads(found)
    if error is not None:
        raise error


def look_through_a_folder(data: bytes, kind: str, folder: Path) -> None:
    """A SavedModel, before TensorFlow loads it; in this process, since one with TensorFlow is not forked."""
    error = _scan(_put(data, kind, folder))
    if error is not None:
        raise error


def _put(data: bytes, kind: str, folder: Path) -> Path:
    """A model's file, or its folder; a file of two kinds is called as its second."""
    if kind not in (HOSTILE, "pb", *WITH_GRAPH):
        name = kind.rpartition("+")[2]
        path = folder / SUFFIXES.get(name, f"model.{name}")
        path.write_bytes(data)
        return path
    path = folder / "model"
    path.mkdir()
    (path / GRAPH).write_bytes(data)
    return path


def _scan(path: Path) -> BaseException | None:
    try:
        kind = kind_of(path)
        import_libraries(kind)
        with ends_after(scan_seconds(path)):
            scan(path, kind)
    except BaseException as error:
        return error if isinstance(error, VitrineError) else AssertionError(repr(error))
    return None


def examine_a_model(data: bytes, kind: str, folder: Path) -> None:
    """The doctor: loads it in a process of its own."""
    from compute.doctor.doctor import examine
    from engine.images.picture import Picture
    from tests.fuzz.seeds import pixels

    path = _put(data, kind, folder)
    examine(path, [Picture(pixels(), "noise.png")])


def open_a_bundle(data: bytes, kind: str, folder: Path) -> None:
    """A report that somebody sent."""
    from compute.replay.bundle_reading import read_bundle

    path = folder / SUFFIXES[kind]
    path.write_bytes(data)
    read_bundle(path)


ENTRY_POINTS: dict[str, EntryPoint] = {
    "an image": EntryPoint(read_a_picture, (*PICTURE_KINDS, "zip")),
    "your image list": EntryPoint(read_many, (*PICTURE_KINDS, "zip", "bundle")),
    "the server's tray": EntryPoint(
        read_elsewhere, (*PICTURE_KINDS, "zip", "bomb"), seconds=1.5 * PATIENCE_SECONDS
    ),
    "model.toml": EntryPoint(read_words, ("toml",)),
    "a model, looked through": EntryPoint(look_through, ("keras", "h5", "zip", *EXCHANGE_KINDS)),
    "a SavedModel, looked through": EntryPoint(look_through_a_folder, ("pb",)),
    "a model of two kinds": EntryPoint(look_through, FILES, strict=True, files=2),
    "a SavedModel of two kinds": EntryPoint(look_through_a_folder, WITH_GRAPH, files=2),
    "a picture of two kinds": EntryPoint(read_many, PICTURE_PAIRS, files=1),
    "a hostile SavedModel": EntryPoint(look_through_a_folder, (HOSTILE,), strict=True, files=104),
    "a hostile ONNX, TFLite or IR": EntryPoint(look_through, tuple(EXCHANGE), strict=True, files=26),
    "a report's bundle": EntryPoint(open_a_bundle, ("bundle", "zip")),
    "a stored result": EntryPoint(open_a_result, ("npz", "json")),
    "a part of a batch": EntryPoint(open_a_part, ("parquet",)),
    "maps of a batch": EntryPoint(open_maps, ("maps", "npz")),
    "a data set": EntryPoint(open_a_data_set, ("csv", "rows", "about", "mask", "panoptic")),
    "a map to grade": EntryPoint(open_a_map, ("npy", "npz")),
    "a data set, uploaded": EntryPoint(open_an_upload, (*UPLOAD_KINDS, "zip", "bundle")),
    "names of classes": EntryPoint(take_names, ("names", "json")),
    "a model, examined": EntryPoint(examine_a_model, ("keras", "h5", *EXCHANGE_KINDS), 360.0, slow=True),
    "a hostile SavedModel, examined": EntryPoint(examine_a_model, (HOSTILE,), 360.0, slow=True, strict=True),
}


def refuse_nonsense(error: VitrineError) -> None:
    """What a person is told is one sentence or a few, without anything of a program in it."""
    text = str(error)
    if "\n" in text or not text.endswith((".", "?", "!")) or "Traceback" in text or len(text) > 900:
        raise AssertionError(f"no sentence: {text!r}")


def verdict(entry_point: EntryPoint, data: bytes, kind: str) -> tuple[str, str]:
    """ "read", or "refused" and the sentence, or "bug" and what came out instead."""
    with tempfile.TemporaryDirectory(prefix="vitrine-fuzz-") as folder:
        try:
            entry_point.open(data, kind, Path(folder))
        except VitrineError as error:
            try:
                refuse_nonsense(error)
            except AssertionError as nonsense:
                return "bug", str(nonsense)
            return "refused", str(error)
        except BaseException as error:
            return "bug", f"{type(error).__name__}: {error}"[:300]
    return ("bug", "it was let through") if entry_point.strict else ("read", "")
