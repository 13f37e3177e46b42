"""The locks and the Makefile: exact versions for every Python and system, and the choice of the Python."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCKS = {path.name: path.read_text("utf-8") for path in sorted(ROOT.glob("requirements*.txt"))}
PYTHONS = ("3.11", "3.12", "3.13")
SYSTEMS = (
    {"sys_platform": "linux", "platform_machine": "x86_64"},
    {"sys_platform": "linux", "platform_machine": "aarch64"},
    {"sys_platform": "darwin", "platform_machine": "arm64"},
    {"sys_platform": "win32", "platform_machine": "AMD64"},
)
POSIX_ONLY = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
ROOMS = (
    "commands",
    "components",
    "compute",
    "engine",
    "experiments",
    "model_store",
    "pages",
    "samples",
    "texts",
)
MAKE = shutil.which("make")


def locked(text: str) -> list[Requirement]:
    return [Requirement(line.removesuffix(" \\")) for line in text.splitlines() if not line.startswith(" ")]


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_has_one_version_and_hashes(name):
    entries = LOCKS[name].replace("\\\n", "").splitlines()
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==[\w.]+ ", entry) and entry.count("--hash=sha256:"), entry
        assert "://" not in entry


def test_a_library_has_the_same_version_everywhere():
    versions: dict[str, set[str]] = {}
    for text in LOCKS.values():
        for entry in locked(text):
            versions.setdefault(entry.name, set()).add(str(entry.specifier))
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: "-".join(system.values()))
def test_what_the_project_asks_for_is_locked_on_every_system(system, python):
    here = {**system, "python_version": python, "python_full_version": f"{python}.0"}
    names = {
        entry.name
        for entry in locked(LOCKS["requirements.txt"])
        if entry.marker is None or entry.marker.evaluate(here)
    }
    asked = map(Requirement, PROJECT["dependencies"])
    assert {one.name for one in asked if one.marker is None or one.marker.evaluate(here)} <= names


def test_what_is_left_out_is_in_no_lock():
    names = {entry.name for text in LOCKS.values() for entry in locked(text)}
    assert not {name for name in names if name.startswith("nvidia")} | (
        names & {"opencv-python", "openvino-telemetry"}
    )


def test_this_environment_is_the_locked_one():
    wanted = {
        entry.name: str(entry.specifier).removeprefix("==")
        for entry in locked(LOCKS["requirements-dev.txt"])
        if entry.marker is None or entry.marker.evaluate()
    }
    assert {name: version(name) for name in wanted} == wanted


def test_project_and_makefile_take_the_same_pythons():
    low, high = re.findall(r"\((3, \d+)\)", (ROOT / "Makefile").read_text("utf-8"))
    bounds = f">={low.replace(', ', '.')},<{high.replace(', ', '.')}"
    assert SpecifierSet(PROJECT["requires-python"]) == SpecifierSet(bounds)
    assert all(python in SpecifierSet(bounds) for python in PYTHONS)


def imported(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.Import):
        return {alias.name.partition(".")[0] for alias in statement.names}
    return {str(statement.module).partition(".")[0]} if isinstance(statement, ast.ImportFrom) else set()


@pytest.mark.slow
def test_nothing_imports_at_once_what_windows_lacks():
    files = [*ROOT.glob("*.py"), *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))]
    found = {
        str(path.relative_to(ROOT))
        for path in files
        for statement in ast.parse(path.read_text("utf-8")).body
        if imported(statement) & POSIX_ONLY
    }
    assert len(files) > 100 and found == set()


def made(folder: Path, goal: str, **pythons: str) -> subprocess.CompletedProcess[str]:
    """``make`` on a path of its own where only these Pythons are: each line is what its command does."""
    for name in ("Makefile", *LOCKS):
        shutil.copy(ROOT / name, folder / name)
    path = folder / "path"
    path.mkdir()
    for name in ("sh", "uname", "echo"):
        (path / name).symlink_to(str(shutil.which(name)))
    for name, line in pythons.items():
        command = path / name.replace("_", ".")
        command.write_text(f"#!/bin/sh\n{line}\n")
        command.chmod(0o755)
    return subprocess.run(
        [str(MAKE), *goal.split()], cwd=folder, env={"PATH": str(path)}, capture_output=True, text=True
    )


FITS = f'exec {sys.executable} "$@"'
TOO_OLD = "exit 1"


@pytest.mark.processes
@pytest.mark.skipif(MAKE is None, reason="make is not installed")
@pytest.mark.parametrize(
    ("pythons", "chosen"),
    [
        ({"python3_13": FITS, "python3_12": FITS, "python3_11": FITS}, "python3.13"),
        ({"python3_13": TOO_OLD, "python3_12": FITS, "python3_11": FITS}, "python3.12"),
        ({"python3_11": FITS, "python3": TOO_OLD}, "python3.11"),
        ({"python3": FITS}, "python3"),
    ],
)
def test_make_takes_the_newest_python_that_fits(pythons, chosen, tmp_path):
    assert f"\n{chosen} -m venv .venv\n" in "\n" + made(tmp_path, "-n test", **pythons).stdout


@pytest.mark.processes
@pytest.mark.skipif(MAKE is None, reason="make is not installed")
@pytest.mark.parametrize("goal", ["run", "test", "test PYTHON=python3"])
def test_make_says_in_one_sentence_that_no_python_fits(goal, tmp_path):
    answer = made(tmp_path, goal, python3=TOO_OLD)
    lines = answer.stdout.splitlines()
    assert answer.returncode and len(lines) == 1 and "Python 3.11, 3.12 or 3.13" in lines[0]
    assert ("(python3 is none)" in lines[0]) == ("PYTHON" in goal)


@pytest.mark.processes
@pytest.mark.skipif(MAKE is None, reason="make is not installed")
def test_an_environment_that_is_there_is_used(tmp_path):
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").write_text("")
    told = made(tmp_path, "-n test").stdout
    assert "-m venv" not in told and ".venv/bin/python -m pip install" in told


@pytest.mark.processes
@pytest.mark.skipif(not MAKE, reason="there is no make here")
def test_what_make_starts_keeps_what_python_compiles():
    asks = f"asks: ; @{sys.executable} -c 'import sys; print(sys.dont_write_bytecode)'"
    done = subprocess.run(
        [MAKE, "--no-print-directory", "--eval", asks, "asks"],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "False", done.stderr
