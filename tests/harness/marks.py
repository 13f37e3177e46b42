"""Marks of tests by what they need, and the guard that keeps the others light.

``make check`` runs the tests that have none of these marks. One of them that starts a process or imports a
framework for models fails, so that a verdict stays a matter of seconds.
"""

import re
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[1]
HEAVY = {
    "e2e": "drives a real Chromium",
    "models": "imports TensorFlow, or loads a shipped model",
    "peers": "compares with the public libraries",
    "processes": "starts processes",
    "slow": "takes more than half a second",
}
"""Marks of tests that ``make check`` leaves out, with what they say in ``pytest --markers``."""

BY_FIXTURE = {
    "shared_cluster": ("processes",),
    "tiny_hf": ("models",),
}
"""Marks of every test that uses a fixture, directly or not."""

BY_FOLDER = {"e2e": ("e2e", "processes", "models"), "pages": ("processes",)}
"""Marks of every test in a folder of tests."""

AGAIN = ("e2e", "processes")
"""Tests with these marks run once more where they fail: a busy machine delays a browser, and who of several
processes comes first, by seconds. The summary names each one that passed only then.
"""

FRAMEWORKS = frozenset({"tensorflow", "keras", "tf_keras", "transformers", "xplique", "tf_keras_vis"})
"""Packages that take seconds to import."""

_OWN_MARKS, _MARK = re.compile("^pytestmark = .*", re.MULTILINE), re.compile(r"mark\.(\w+)")

STARTS = frozenset({"multiprocessing.Process", "os.fork", "os.posix_spawn", "os.system"})
"""Audit events of a new process, besides that of ``subprocess``."""

QUICK_PROGRAMS = frozenset({"git", "lscpu"})
"""Programs that any test may run: they answer within milliseconds. The last one tells joblib of the cores."""


class TooHeavyError(AssertionError):
    """A test without a mark does what takes long."""


def add_marks(item: pytest.Item) -> None:
    """Give a test the marks that its fixtures and its folder imply."""
    names = [name for fixture in getattr(item, "fixturenames", ()) for name in BY_FIXTURE.get(fixture, ())]
    for name in dict.fromkeys([*names, *_of_folder(item.path)]):
        item.add_marker(name)
    if any(map(item.get_closest_marker, AGAIN)):
        item.add_marker(pytest.mark.flaky(reruns=1))


def is_light(item: pytest.Item) -> bool:
    """Whether a test has none of the heavy marks."""
    return not any(mark.name in HEAVY for mark in item.iter_markers())


def is_heavy_file(path: Path) -> bool:
    """Whether all tests of a module are heavy, by its folder or by its line ``pytestmark = ...``, as can be
    told without importing it.
    """
    if _of_folder(path):
        return True
    line = _OWN_MARKS.search(path.read_text()) if path.suffix == ".py" else None
    return bool(line and HEAVY.keys() & set(_MARK.findall(line[0])))


def _of_folder(path: Path) -> tuple[str, ...]:
    return BY_FOLDER.get(path.relative_to(TESTS).parts[0], ()) if path.is_relative_to(TESTS) else ()


class Guard:
    """Refuses to start processes and to import frameworks while a light test runs.

    What was refused is kept, since code under test may catch the refusal.
    """

    def __init__(self) -> None:
        self.on = False
        self._refused: list[str] = []

    def begin(self) -> None:
        """Look at what happens from now on."""
        self._refused, self.on = [], True

    def end(self) -> None:
        """Look no more.

        Raises:
            TooHeavyError: something was refused since the beginning.
        """
        self.on = False
        if self._refused:
            raise TooHeavyError(self._refused[0])

    def hear(self, event: str, details: tuple[Any, ...]) -> None:
        """Take an audit event of Python.

        Raises:
            TooHeavyError: a light test must not do this.
        """
        does = _heavy(event, details) if self.on else ""
        if does:
            self._refused.append(f"A test without a mark {does}; tests/harness/marks.py lists the marks.")
            raise TooHeavyError(self._refused[-1])


def _heavy(event: str, details: tuple[Any, ...]) -> str:
    """What is too heavy about an event, or nothing."""
    if event == "import" and details[0].partition(".")[0] in FRAMEWORKS:
        return f"imports {details[0]}"
    if event == "subprocess.Popen":
        program = str(details[0] or details[1][0])
        return "" if Path(program).name in QUICK_PROGRAMS else f"starts {program}"
    return "starts a process" if event in STARTS else ""


def loaded_frameworks() -> list[str]:
    """Frameworks that are in this process."""
    return sorted(FRAMEWORKS & sys.modules.keys())


guard = Guard()
sys.addaudithook(guard.hear)
_start = BaseProcess.start


def _start_heard(process: BaseProcess) -> None:
    """``Process.start``, which Python has no audit event for."""
    guard.hear("multiprocessing.Process", (process.name,))
    _start(process)


BaseProcess.start = _start_heard  # type: ignore[method-assign]
