"""The figures of all parts, printed as they come, and kept in one file."""

import re
import sys
import textwrap
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from benchmarks.machine import describe, load

PATH = Path(__file__).with_name("results.md")
HEAD = """# Speed and memory

Made by `make bench`; a section is made in one run, which it names, and
`python -m benchmarks --only PART --write` makes it anew. Ratios, not seconds, are what carries over to other
machines.

Each contestant of a race has a process of its own. They are asked in turn, round by round, after a first time
that does not count. Cells are medians over the rounds, with least and greatest; a ratio is taken in each
round. Processor time is that of all cores, which other programs change less. Peak memory is that of the whole
process, libraries and model included: ours / theirs.
"""
SMALL = " **This was a small run (`--quick`): the figures are no measurement.**"
WIDTH = 110
AT_BLANKS: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
MARK = re.compile(r"^<!-- (\w+) -->\n", re.MULTILINE)
"""Stands before each section and names its part."""


class Fallen(Exception):
    """A ratio has fallen below what it must reach; a line for each says which."""


class Results:
    """Sections in the order of the parts; the file is written anew after each, so that what is there survives
    a break.

    Args:
        write: whether to keep them in a file, in the place of what it has of the same parts.
        small: whether this is a small run.
        order: names of all parts.
        path: the file.

    Attributes:
        failed: names of the parts that did not run, or of which a ratio has fallen.
    """

    def __init__(
        self, write: bool, small: bool = False, order: tuple[str, ...] = (), path: Path = PATH
    ) -> None:
        self._path = path if write else None
        self._small = SMALL if small else ""
        self._order = order
        self.failed: list[str] = []
        self._sections = read_sections(path) if write and path.exists() else {}
        print(HEAD, flush=True)

    def add(self, name: str, report: Callable[[], str | None]) -> None:
        """Run a part; one that fails is a section, too, and the next goes on."""
        machine, printed = describe(), _Both()
        try:
            with redirect_stdout(printed):
                made = report()
        except Fallen as error:
            self.failed.append(name)
            print(f"\n{error}", file=printed)
            made = None
        except Exception as error:  # a part may need a browser or a port that is not there
            traceback.print_exc()
            self.failed.append(name)
            made = f"## {name}\n\ndid not run: {type(error).__name__}: {error}\n"
        section = made or f"## {name}\n\n```text\n{printed.getvalue().rstrip()}\n```\n"
        self._keep(name, f"{section}\n{machine}; load after it {load()}.{self._small}\n", made is not None)

    def _keep(self, name: str, section: str, silent: bool) -> None:
        """Print what was not printed yet, and write."""
        self._sections[name] = section
        if silent:
            print(section, flush=True)
        if self._path is not None:
            names = sorted(
                self._sections,
                key=lambda known: self._order.index(known) if known in self._order else len(self._order),
            )
            marked = [f"<!-- {known} -->\n{self._sections[known]}" for known in names]
            self._path.write_text(_wrapped("\n".join([HEAD, *marked])), "utf-8")


def _wrapped(text: str) -> str:
    """Paragraphs and points on lines of at most 110 characters; tables and printed lines stay."""
    lines, printed = [], False
    for line in text.split("\n"):
        printed ^= line.startswith("```")
        if len(line) > WIDTH and not printed and not line.startswith("|"):
            line = textwrap.fill(line, WIDTH, subsequent_indent="  " * line.startswith("- "), **AT_BLANKS)
        lines.append(line)
    return "\n".join(lines)


def read_sections(path: Path) -> dict[str, str]:
    """What a file of results has, by part."""
    parts = MARK.split(path.read_text("utf-8"))[1:]
    return {name: section.rstrip("\n") + "\n" for name, section in zip(parts[::2], parts[1::2], strict=True)}


class _Both(StringIO):
    """Standard output that is also kept."""

    def write(self, text: str) -> int:
        if sys.__stdout__ is not None:
            sys.__stdout__.write(text)
            sys.__stdout__.flush()
        return super().write(text)
