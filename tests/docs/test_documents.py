"""Documents: lines that fit, and paths, links, commands and targets of make that exist."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.main import get_group

from cli import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")), *ROOT.glob("docs/**/*.md")]
)
WIDTH = 110
CODE = re.compile(r"```.*?\n(.*?)```|`([^`]+)`", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
PLACE = re.compile(r"(?<![\w./:-])([a-z_.][\w-]*(?:/[\w.-]+)+\.(?:py|md|toml|txt|yaml|service|conf|po))\b")
COMMAND = re.compile(r"app\.command\((?:\"([\w-]+)\")?[^\n]*\)(?:\ndef (\w+))?")
GROUP = re.compile(r"app\.add_typer\(\w+, name=\"([\w-]+)\"")
PLACEHOLDER = re.compile(r"\b[A-Z]{3,}\b")
OF_OWNERS = {".streamlit/secrets.toml"}
"""Files that whoever runs a server writes."""
ANY = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def code_of(text: str) -> str:
    """What stands in backticks, one piece on each line."""
    return "\n".join(" ".join(inline.split()) or block for block, inline in CODE.findall(text))


def long_lines(text: str) -> list[str]:
    """Lines that do not fit, apart from tables and pictures."""
    return [line for line in text.splitlines() if len(line) > WIDTH and not line.startswith(("|", "!["))]


def missing_paths(text: str) -> set[str]:
    """Paths that nothing has; those with a word in capitals stand for others."""
    names = {name for name in PLACE.findall(text) if not PLACEHOLDER.search(name)}
    places = {name for name in names if (ROOT / name.split("/")[0]).exists()}
    return {name for name in places - OF_OWNERS if not (ROOT / name).exists()}


def broken_links(text: str, folder: Path) -> set[str]:
    """Links to files that are not there."""
    places = {link.partition("#")[0] for link in LINK.findall(text) if "://" not in link}
    return {place for place in places if place and not (folder / place).exists()}


def missing_targets(text: str) -> set[str]:
    """Targets of make that the Makefile has not."""
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    return set(re.findall(r"\bmake ([a-z][a-z0-9-]*)", code_of(text))) - targets


def missing_commands(text: str) -> set[str]:
    """Commands of ours that there are not."""
    code = code_of(text)
    training = _commands((ROOT / "training" / "__main__.py").read_text())
    scripts = (r"(?m:^|python )cli\.py", set(get_group(app).commands)), (r"-m training", training)
    named = [
        name
        for script, known in scripts
        for name in set(re.findall(rf"{script} ([a-z][\w-]*)", code)) - known
    ]
    return {*named, *(module for module in re.findall(r"-m ([\w.]+)", code) if not _runs(module))}


def _commands(source: str) -> set[str]:
    """Names of the commands and groups of a script: those that they are given, or of their functions."""
    return {*GROUP.findall(source), *(name or function for name, function in COMMAND.findall(source))}


def _runs(module: str) -> bool:
    """Whether a module can be run; libraries only have to be there."""
    if not (ROOT / module.split(".")[0]).is_dir():
        return find_spec(module.split(".")[0]) is not None
    place = ROOT / module.replace(".", "/")
    return (place / "__main__.py").exists() or place.with_suffix(".py").exists()


@ANY
def test_lines_fit(document):
    assert not long_lines(document.read_text())


@ANY
def test_paths_and_links_exist(document):
    text = document.read_text()
    assert not missing_paths(text) and not broken_links(text, document.parent)


@ANY
def test_commands_exist(document):
    text = document.read_text()
    assert not missing_targets(text) and not missing_commands(text)


def test_parts_of_the_benchmarks_exist():
    from benchmarks.__main__ import PARTS

    named = {
        name
        for document in DOCUMENTS
        for names in re.findall(r"-m benchmarks --only ((?:[a-z]+ ?)+)", code_of(document.read_text()))
        for name in names.split()
    }
    assert named and named <= PARTS.keys()


def test_what_is_wrong_is_found(tmp_path):
    commands = "```\nmake nonsense\npython cli.py nothing\npython -m engine.zone\n```\n"
    text = "`engine/nothing.py` [a](b.md)\n" + commands
    assert missing_paths(text) == {"engine/nothing.py"} and broken_links(text, tmp_path) == {"b.md"}
    assert missing_targets(text) == {"nonsense"} and missing_commands(text) == {"nothing", "engine.zone"}
    assert long_lines("| " + "x" * WIDTH) == [] and long_lines("x" * (WIDTH + 1))


def test_the_floor_plan_and_the_glossary_are_short():
    assert len((ROOT / "docs" / "architecture.md").read_text().splitlines()) <= 120
    rows = [line for line in (ROOT / "docs" / "glossary.md").read_text().splitlines() if line.startswith("|")]
    assert len(rows) - 2 <= 40


def test_decisions_are_listed_numbered_and_dated():
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text()
    for page in sorted(folder.glob("0*.md")):
        title, _, dated, *_ = page.read_text().splitlines()
        assert re.fullmatch(rf"# {int(page.name[:4])}\. \S.*", title), page.name
        assert re.match(r"20\d\d-\d\d-\d\d", dated), page.name
        assert f"]({page.name})" in index, page.name
