"""Runner of contestants: a process for each, asked in turn over a pipe.

So times are interleaved, and memory is each one's own.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import traceback
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.races.race import Answers, Contestant, Finish, Lap, Race, RaceOutcome, TimedTask

GET_ANSWERS, STOP = "answers", "stop"
STATUS = Path("/proc/self/status")


class Failure(Exception):
    """A contestant could not go on; the sentence says why."""


class ContestantProcess:
    """A contestant in its own process; use it in a ``with``."""

    def __init__(self, contestant: Contestant) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, far_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(contestant, far_end), daemon=True)
        self._process.start()
        far_end.close()
        self._waits = True
        self.note = ""
        self.laps: list[Lap] = []
        self.failure = ""

    def __enter__(self) -> ContestantProcess:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is not None:
            self._process.terminate()
        self._send(STOP)
        self._pipe.close()
        self._process.join()

    def run(self, number: int) -> None:
        """One lap, as soon as it is ready; after a failure nothing."""
        self.wait()
        if not self.failure:
            self.laps += filter(None, [self._ask(number)])

    def finish(self) -> Finish:
        """What came of it."""
        self.wait()
        answers = () if self.failure else self._ask(GET_ANSWERS)
        return Finish(tuple(self.laps), answers or (), self.note, self.failure)

    def wait(self) -> None:
        """Until it is ready, or has failed."""
        if self._waits:
            self._waits = False
            self.note = self._hear() or ""

    def _ask(self, order: int | str) -> Any:
        self._send(order)
        return self._hear()

    def _send(self, order: int | str) -> None:
        with suppress(OSError):  # it has ended, which is heard next
            self._pipe.send(order)

    def _hear(self) -> Any:
        """What it says next, or None after a failure."""
        try:
            said = self._pipe.recv()
        except EOFError:
            self._process.join()
            said = Failure(f"its process ended with code {self._process.exitcode}")
        if isinstance(said, Failure):
            self.failure = str(said)
            return None
        return said


def run_races(races: Sequence[Race], rounds: int) -> list[RaceOutcome]:
    """Run races whose contestants take turns: each round is one lap of everybody.

    Args:
        races: their equal contestants run once.
        rounds: how often.
    """
    contestants: list[Contestant] = []
    for race in races:
        contestants += [one for one in (race.ours, race.theirs) if one not in contestants]
    finishes = run_contestants(contestants, rounds)
    found = [(race, contestants.index(race.ours), contestants.index(race.theirs)) for race in races]
    return [RaceOutcome(race, finishes[mine], finishes[peer]) for race, mine, peer in found]


def run_contestants(contestants: Sequence[Contestant], rounds: int) -> list[Finish]:
    """Everybody gets ready, then they take turns."""
    with ExitStack() as stack:
        runners = [stack.enter_context(ContestantProcess(contestant)) for contestant in contestants]
        for runner in runners:
            runner.wait()
        for number in range(rounds):
            for runner in runners:
                runner.run(number)
        return [runner.finish() for runner in runners]


def _serve(contestant: Contestant, pipe: Connection) -> None:
    """The process of a contestant: says its note when it is ready, then does what it is asked for."""
    try:
        os.environ.update(contestant.environment)
        task = contestant.make(**contestant.options)
        (task.warm or (lambda: task.run(0)))()
        pipe.send(task.note)
        _obey(task, pipe)
    except Exception as error:  # whatever goes wrong in somebody's library is a row of the table
        traceback.print_exc()
        pipe.send(Failure(f"{type(error).__name__}: {error}".splitlines()[0]))


def _obey(task: TimedTask, pipe: Connection) -> None:
    made: list[Any] = []
    while (order := pipe.recv()) != STOP:
        if order == GET_ANSWERS:
            pipe.send(tuple(_plain(task.answers(one)) for one in made))
        else:
            lap, result = _lap(task, order)
            made.append(result)
            pipe.send(lap)


def _plain(answers: Answers) -> Answers:
    return dict(answers)


def _lap(task: TimedTask, number: int) -> tuple[Lap, Any]:
    spent, began = process_time(), perf_counter()
    made = task.run(number)
    return Lap(perf_counter() - began, process_time() - spent, peak_mb()), made


def peak_mb() -> float:
    """The most memory that this process ever held, in MB.

    The kernel's own mark where there is one: ``getrusage`` also counts what the process was before it became
    this program.
    """
    if STATUS.exists():
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return float(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)
