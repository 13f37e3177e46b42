"""What the command line prints: texts of strangers neither steer the terminal nor look like lines of ours.

Labels, layers, names of files and titles come from files of anybody. Escapes that move the cursor or set the
title, and signs that turn the line round, are question marks; what goes on in another line is indented. JSON
has escapes of its own, and is printed as it is.
"""

import json
import math
import sys
import traceback
import unicodedata
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

CONTINUED = "\n  "


def tamed(text: object) -> str:
    r"""A text with a question mark for each sign that cannot be seen.

    Example:
        >>> tamed("cat\x1b[2J\u202e.png\nnext")
        'cat?[2J?.png\nnext'
    """
    return "".join(letter if letter == "\n" or _seen(letter) else "?" for letter in str(text))


def _seen(letter: str) -> bool:
    """Whether a sign stands on its line: neither a control, nor one that has no form, nor a break."""
    kind = unicodedata.category(letter)
    return kind[0] != "C" and kind not in ("Zl", "Zp")


def print_line(text: object, err: bool = False) -> None:
    """Print a text; whatever lines it has, only the first begins at the margin."""
    lines = [line.strip() for line in tamed(text).split("\n")]
    typer.echo(CONTINUED.join(lines), err=err)


def json_text(content: Any) -> str:
    """Content as JSON (RFC 8259), which has no numbers that are none: these become null.

    Example:
        >>> json_text({"sky": 0.5, "void": float("nan")}).split()
        ['{', '"sky":', '0.5,', '"void":', 'null', '}']
    """
    return json.dumps(_finite(content), indent=2, allow_nan=False)


def _finite(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {key: _finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content


def print_table(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print rows of one form; nothing in their values is markup."""
    listed = list(rows)
    table = Table(*listed[0]) if listed else Table()
    for row in listed:
        table.add_row(*(Text(tamed(value)) for value in row.values()))
    Console().print(table)


def print_rows(rows: list[dict[str, Any]], as_json: bool, facts: dict[str, Any] | None = None) -> None:
    """Rows as a table; as JSON they are printed, or the facts that they are taken from."""
    if as_json:
        typer.echo(json_text(rows if facts is None else facts))
        return
    print_table(rows)


def show_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print the trace of a bug as Python does: the hook for what nobody has caught."""
    for line in "".join(traceback.format_exception(kind, error, trace)).splitlines():
        print(tamed(line), file=sys.stderr)
