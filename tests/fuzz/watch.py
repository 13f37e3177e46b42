"""The parent of the process in which files are opened.

It gives out cases, waits no longer than a entry point allows, and starts the child again when it is gone.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.fuzz.entry_points import ENTRY_POINTS

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
"""The first file of a child also pays for its imports."""

PIPES: dict[str, int] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
FAILURES = ("bug", "hang", "crash")
Case = tuple[str, str, int]


@dataclass(frozen=True)
class CaseOutcome:
    """What became of a file.

    Attributes:
        case: entry point, kind and number.
        harm: what was done to it.
        outcome: read, refused, bug, hang or crash.
        said: the sentence, or what came out instead.
        seconds: time that it took.
        memory_mb: of the process that opened it, afterwards.
    """

    case: Case
    harm: str
    outcome: str
    said: str
    seconds: float
    memory_mb: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether a person would have seen more than a sentence."""
        return self.outcome in FAILURES


def cases(count: int, slow: int) -> list[Case]:
    """So many files of each kind at each entry point; fewer at slow ones, and where it says how many."""
    return [
        (name, kind, number)
        for name, entry_point in ENTRY_POINTS.items()
        for kind in entry_point.kinds
        for number in range(entry_point.files or (slow if entry_point.slow else count))
    ]


class Watcher:
    """A child and its replacement.

    Args:
        folder: with a good file of each kind.
        seed: of what is done to them.
        patience: times as many seconds as an entry point allows, for a machine that has much else to do.
    """

    def __init__(self, folder: Path, seed: int, patience: float = 1.0) -> None:
        self._command = [sys.executable, "-m", "tests.fuzz.child", str(folder), str(seed)]
        self._child: subprocess.Popen[str] | None = None
        self._fresh, self._patience = True, patience

    def __enter__(self) -> Watcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def run(self, wanted: Sequence[Case]) -> Iterator[CaseOutcome]:
        """The outcomes of some cases, as they come."""
        for case in wanted:
            yield self._one(case)

    def _one(self, case: Case) -> CaseOutcome:
        child = self._running()
        assert child.stdin and child.stdout
        child.stdin.write(json.dumps(case) + "\n")
        child.stdin.flush()
        patience = self._patience * (ENTRY_POINTS[case[0]].seconds + self._fresh * START_SECONDS)
        ready, _, _ = select.select([child.stdout], [], [], patience)
        line = child.stdout.readline() if ready else ""
        self._fresh = False
        if not line:
            outcome = "crash" if ready else "hang"
            code = self._end()
            return CaseOutcome(
                case, "", outcome, f"exit code {code}" if ready else f"more than {patience:.0f} s", patience
            )
        found = CaseOutcome(case, **json.loads(line))
        too_long = found.seconds > patience and not found.failed
        return replace(found, outcome="hang") if too_long else found

    def _running(self) -> subprocess.Popen[str]:
        if self._child is None:
            self._child = subprocess.Popen(self._command, cwd=ROOT, text=True, **PIPES)
            self._fresh = True
        return self._child

    def _end(self) -> int:
        child, self._child = self._child, None
        if child is None:
            return 0
        if child.stdin:
            child.stdin.close()
        try:
            code = child.wait(2)
        except subprocess.TimeoutExpired:
            child.kill()
            code = child.wait()
        if child.stdout:
            child.stdout.close()
        return code
