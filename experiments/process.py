"""The process that trains: whether it is still at work, and what people wish of it."""

import json
from pathlib import Path
from typing import Literal, get_args

from experiments.columns import replace_file

Wish = Literal["pause", "stop"]
WISHES: tuple[Wish, ...] = get_args(Wish)
_PROCESS, _WISH = "process.json", "wish"
_LARGEST = 4096
_SAME_SECONDS = 1.0
"""By which two readings of when a process began may differ."""


def note_process(folder: Path) -> None:
    """Write down that this process works on a run."""
    import psutil

    own = psutil.Process()
    replace_file(folder / _PROCESS, json.dumps({"pid": own.pid, "born": own.create_time()}).encode())


def forget_process(folder: Path) -> None:
    """Nobody works on the run any more."""
    (folder / _PROCESS).unlink(missing_ok=True)


def is_at_work(folder: Path) -> bool:
    """Whether the process that works on a run is alive; a number that another has by now is not enough."""
    import psutil

    try:
        said = json.loads(_beginning(folder / _PROCESS))
        process = psutil.Process(int(said["pid"]))
        alive = process.status() != psutil.STATUS_ZOMBIE
        return alive and abs(process.create_time() - float(said["born"])) < _SAME_SECONDS
    except (OSError, ValueError, TypeError, KeyError, OverflowError, psutil.Error):
        return False


def express_wish(folder: Path, wish: Wish) -> None:
    """Ask the process of a run to pause or to stop; it does so after the batch that it is at."""
    replace_file(folder / _WISH, wish.encode())


def wish_of(folder: Path) -> Wish | None:
    """What people wish of a run, if anything."""
    try:
        text = _beginning(folder / _WISH)
    except (OSError, ValueError):
        return None
    return next((wish for wish in WISHES if wish == text), None)


def drop_wish(folder: Path) -> None:
    """Forget what was wished: it is done, or the run goes on."""
    (folder / _WISH).unlink(missing_ok=True)


def _beginning(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_LARGEST).decode("utf-8")
