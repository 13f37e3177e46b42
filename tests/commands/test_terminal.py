"""What the command line prints of strangers: no escape reaches the terminal, no text looks like our line."""

import ast
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

import cli
from commands import runners
from commands.terminal import print_line, print_table, show_crash
from compute.replay.bundle import Bundle, write_bundle
from engine.explanation import Cost, Explanation, Provenance
from engine.targets import ClassTarget

ROOT = Path(cli.__file__).parent
HOSTILE = "cat\x1b]0;owned\x07\x1b[2J\x9b1A\u202egpj\rvitrine: all is well\x08"
SIGNS = "\x1b\x07\x9b\u202e\r\x08"


def explanation_named(name: str) -> Explanation:
    """A map whose words are all the same."""
    origin = Provenance(name, name, name, "0" * 64, {name: name})
    target = ClassTarget(0, label=name)
    return Explanation(np.zeros((2, 2), np.float32), False, target, name, {}, 0.5, Cost(1), origin)


def no_signs(text: str) -> bool:
    return not set(SIGNS) & set(text)


def test_lines_steer_nothing_and_only_the_first_begins_at_the_margin(capsys):
    print_line(f"{HOSTILE}\nvitrine: forged\n  careful")
    said = capsys.readouterr().out
    assert no_signs(said) and said.splitlines()[1:] == ["  vitrine: forged", "  careful"]
    print_line("cat\u2028vitrine: forged\u2029x\xa0y")
    assert capsys.readouterr().out == "cat?vitrine: forged?x\xa0y\n", "other breaks of a line are none"
    print_line("\udcff.png", err=True)  # a name that is no text
    assert capsys.readouterr().err == "?.png\n"


def test_cells_are_neither_markup_nor_escapes(capsys):
    print_table([{"label": f"[red]{HOSTILE}[/]", "n": 1}, {"label": "[/nothing] :cat:", "n": 2}])
    said = capsys.readouterr().out
    assert no_signs(said) and "[red]cat?" in said and "[/nothing] :cat:" in said


def test_bars_show_layers_as_they_are_called(monkeypatch):
    written = io.StringIO()
    monkeypatch.setattr(runners, "Console", lambda **_: Console(file=written, force_terminal=True, width=300))
    with runners.steps_bar(f"[red]{HOSTILE}"):
        pass
    assert "[red]cat?]0;owned?" in written.getvalue() and "\x07" not in written.getvalue()


@pytest.mark.processes
def test_a_bundle_cannot_steer_the_terminal(tmp_path):
    path = tmp_path / "report.zip"
    path.write_bytes(write_bundle(Bundle((explanation_named(HOSTILE),), {}), b""))
    command = [sys.executable, str(ROOT / "cli.py"), "replay", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.startswith("vitrine: The picture cat?")
    assert no_signs(done.stderr)


def test_traces_of_bugs_are_shown_without_escapes(capsys):
    try:
        raise RuntimeError(HOSTILE)
    except RuntimeError as error:
        show_crash(RuntimeError, error, error.__traceback__)
    said = capsys.readouterr().err
    assert "RuntimeError: cat?" in said and "test_terminal.py" in said and no_signs(said)


OURS = {"json_text", "method_texts"}
"""What may be printed as it is: escaped already, or no stranger's."""


@pytest.mark.parametrize(
    "path",
    [ROOT / "cli.py", *sorted((ROOT / "commands").rglob("*.py"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_everything_is_printed_through_one_place(path):
    if path.name == "terminal.py":
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "typer.echo", "console.print"):
            first = node.args[0]
            assert isinstance(first, ast.Call) and ast.unparse(first.func) in OURS, ast.unparse(node)
