"""The figures of all parts, printed as they come, and kept in one file."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from benchmarks.machine import describe, load

PATH = Path(__file__).with_name("results.md")
HEAD = """# Speed and memory

Made by `make bench` in one run; ratios, not seconds, are what carries over to other machines.{small}

{machine}

Each contestant of a race has a process of its own. They are asked in turn, round by round, after a first time that does not count.
Cells are medians over the rounds, with least and greatest; a ratio is taken in each round. Processor time is that of all cores, which
other programs change less. Peak memory is that of the whole process, libraries and model included: ours / theirs.
"""
SMALL = " **This was a small run (`--quick`): its figures are no measurement.**"


class Results:
    """Sections in the order in which they are made; the file is written anew after each, so that what is there survives a break.

    Args:
        write: whether to keep them in a file.
        small: whether this is a small run.
        path: the file.
    """

    def __init__(self, write: bool, small: bool = False, path: Path = PATH) -> None:
        self._path = path if write else None
        self._sections = [HEAD.format(machine=describe(), small=SMALL if small else "")]
        print(self._sections[0], flush=True)

    def add(self, name: str, report: Callable[[], str | None]) -> None:
        """Run a part; one that fails is a section, too, and the next goes on."""
        began, printed = load(), _Both()
        try:
            with redirect_stdout(printed):
                made = report()
        except Exception as error:  # a part may need a browser or a port that is not there
            traceback.print_exc()
            made = f"## {name}\n\ndid not run: {type(error).__name__}: {error}\n"
        section = made or f"## {name}\n\n```text\n{printed.getvalue().rstrip()}\n```\n"
        self._keep(f"{section}\nLoad before {began}, after {load()}.\n", made is not None)

    def _keep(self, section: str, silent: bool) -> None:
        """Print what was not printed yet, and write."""
        self._sections.append(section)
        if silent:
            print(section, flush=True)
        if self._path is not None:
            self._path.write_text("\n".join(self._sections), "utf-8")


class _Both(StringIO):
    """Standard output that is also kept."""

    def write(self, text: str) -> int:
        sys.__stdout__.write(text)
        sys.__stdout__.flush()
        return super().write(text)
