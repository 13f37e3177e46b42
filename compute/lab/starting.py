"""Trainings that somebody starts from a page: each is a process of its own, outside of the server's."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from PIL import Image

from data_store.base.words import DataSet, Item
from data_store.images import read_image
from engine.errors import ExperimentError
from experiments.folders import ListedRun, list_runs, run_folder, write_experiment
from experiments.process import is_at_work
from experiments.record import Experiment
from replacing import replacing
from settings import ROOT, settings

REQUEST, ITEMS, LOG = "request.json", "items.json", "log.txt"
SEARCHES = ("none", "random", "bayesian", "hyperband")
BACKBONE = "efficientnet-lite0"
"""Its ImageNet weights come with Vitrine."""
MOST_IMAGES, MOST_EPOCHS, MOST_TRIALS = 20_000, 100, 50
NICE = 10
_BATCH, _PATIENCE = 32, 4
_children: dict[str, "subprocess.Popen[bytes]"] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class TrainingRequest:
    """What somebody wants to be trained.

    Attributes:
        data: key of the data set.
        search: one of ``SEARCHES``; "none" is one training.
        epochs: at most.
        trials: of a random or Bayesian search.
        size: side of the images as the network sees them, in pixels.
        seed: of split, weights and order.

    Raises:
        ExperimentError: a number is out of its range.
    """

    data: str
    search: str = "none"
    epochs: int = 10
    trials: int = 5
    size: int = 160
    seed: int = 7

    def __post_init__(self) -> None:
        limits = {"epochs": MOST_EPOCHS, "trials": MOST_TRIALS, "size": 512, "seed": 10**6}
        wrong = [name for name, most in limits.items() if not 1 <= int(getattr(self, name)) <= most]
        if wrong or self.search not in SEARCHES:
            name = wrong[0] if wrong else "search"
            raise ExperimentError(
                "{name} of a training cannot be {value}.", name=name, value=str(getattr(self, name))[:40]
            )

    def words(self, folder: Path) -> list[str]:
        """What the command line of the training is told."""
        said = {
            "data": folder / ITEMS,
            "out": folder,
            "backbone": BACKBONE,
            "search": self.search,
            "epochs": self.epochs,
            "trials": self.trials,
            "size": self.size,
            "seed": self.seed,
            "batch": _BATCH,
            "patience": _PATIENCE,
            "named": self.data,
            "threads": 1,
        }
        return [word for name, value in said.items() for word in (f"--{name}", str(value))]


def refuse_training(data: DataSet | None = None) -> None:
    """Lets a training pass that this server allows.

    Raises:
        ExperimentError: it allows none, or not on these data.
    """
    if not settings().train or settings().private:
        raise ExperimentError(
            "This server starts no trainings. Its administrator can allow them with {variable}=on.",
            variable="VITRINE_TRAIN",
        )
    if not (ROOT / "training").is_dir():
        raise ExperimentError("The training programs are not part of this installation.")
    if data is None:
        return
    if data.uploaded:
        raise ExperimentError("Uploaded images are not trained on; the server's own data sets are.")
    if data.task != "classification" or len(data.labels) < 2:
        raise ExperimentError("{title} has no classes to learn.", title=data.title)
    if len(data.items) > MOST_IMAGES:
        raise ExperimentError("A training takes at most {most:,} images.", most=MOST_IMAGES)


def prepare_training(asked: TrainingRequest, data: DataSet) -> str:
    """Make the folder of a run, and let a process measure what it will take; returns the key of the run.

    Raises:
        ExperimentError: it is not allowed, too many are under way, or the disk cannot be written to.
    """
    refuse_training(data)
    _refuse_too_many()
    stamp = datetime.now(UTC).strftime("%m%d-%H%M")
    key = f"{asked.search.replace('none', 'head')}-{_plain(data.key)}-{stamp}-{uuid4().hex[:4]}"
    started = datetime.now(UTC).isoformat(timespec="seconds")
    folder = write_experiment(
        Experiment(
            key, "classify", f"{BACKBONE}, {data.key}", data=data.key, started=started, seed=asked.seed
        )
    )
    _write_items(folder, data)
    _write_json(folder / REQUEST, asdict(asked))
    _launch(key, folder, [*asked.words(folder), "--price"])
    return key


def begin_training(key: str) -> None:
    """Train, or go on where it was left.

    Raises:
        ExperimentError: it is not allowed, too many are under way, or the run was not started here.
    """
    refuse_training()
    folder = run_folder(key)
    asked = training_request(folder)
    if asked is None:
        raise ExperimentError("Experiment {key} goes on only by the command that began it.", key=key)
    if has_process(key, folder):
        raise ExperimentError("Experiment {key} is being trained already.", key=key)
    _refuse_too_many()
    _launch(key, folder, asked.words(folder))


def training_request(folder: Path) -> TrainingRequest | None:
    """What was asked for, where the page began a run; None elsewhere."""
    try:
        with (folder / REQUEST).open("rb") as file:
            return TrainingRequest(**json.loads(file.read(4096)))
    except (OSError, ValueError, TypeError, ExperimentError):
        return None


def has_process(key: str, folder: Path) -> bool:
    """Whether a process works on a run, or is about to."""
    child = _children.get(key)
    return (child is not None and child.poll() is None) or is_at_work(folder)


def fault_of(key: str, folder: Path) -> str:
    """The last line that a process of this server left behind when it failed; empty where none did."""
    child = _children.get(key)
    if child is None or not child.poll():
        return ""
    try:
        lines = (folder / LOG).read_text("utf-8", "replace")[-4000:].strip().splitlines()
    except OSError:
        return ""
    return lines[-1].strip()[:300] if lines else ""


def _refuse_too_many() -> None:
    most = settings().trainings
    busy = {run.key for run in list_runs() if _is_running(run)}
    busy |= {key for key, child in _children.items() if child.poll() is None}
    if len(busy) >= most:
        raise ExperimentError(
            "{count} of {most} trainings are under way; try later.", count=len(busy), most=most
        )


def _is_running(run: ListedRun) -> bool:
    return run.experiment is not None and run.experiment.state == "running"


def _launch(key: str, folder: Path, words: list[str]) -> None:
    import psutil

    with _lock, (folder / LOG).open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "training", "tune", *words],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2", "COLUMNS": "200"},
            start_new_session=True,
        )
        _children[key] = child
    if hasattr(os, "nice"):
        psutil.Process(child.pid).nice(NICE)


def _write_items(folder: Path, data: DataSet) -> None:
    """The list of images with classes and parts; sets without files are written as PNG."""
    known = [item for item in data.items if item.label is not None]
    items = [[str(_place(folder, data, item)), item.label, item.split] for item in known]
    _write_json(folder / ITEMS, {"labels": list(data.labels), "items": items})


def _place(folder: Path, data: DataSet, item: Item) -> Path:
    if data.root is not None:
        return (data.root / item.id).absolute()
    place = folder / "images" / f"{_plain(item.id)}.png"
    place.parent.mkdir(exist_ok=True)
    kept = BytesIO()
    Image.fromarray(read_image(data, item).pixels).save(kept, "PNG")
    place.write_bytes(kept.getvalue())
    return place


def _write_json(path: Path, content: object) -> None:
    with replacing(path) as file:
        file.write(json.dumps(content).encode())


def _plain(name: str) -> str:
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
    return kept.strip("-")[:40] or "data"
