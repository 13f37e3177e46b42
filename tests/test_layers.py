"""Imports go one way, files stay small, pages stay thin: read from the real source."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WORDS = {
    "engine.arrays",
    "engine.batches",
    "engine.errors",
    "engine.filters",
    "engine.params",
    "engine.phrase",
    "engine.images.picture",
    "engine.target_sets",
    "engine.targets",
    "engine.images.untrusted_zip",
    "engine.explanation",
    "engine.method",
    "engine.methods",
    "engine.model",
    "engine.zones",
}
MAY_IMPORT = {
    "engine": {"engine"},
    "samples": {"samples"},
    "model_store": {"model_store", "engine"},
    "compute": {"compute", "model_store", "engine"},
    "components": {"components", "compute", "model_store", "engine", "samples"},
    "pages": {"components", "engine"},
    "app": {"components", "engine"},
    "commands": {"commands", "compute", "model_store", "engine", "samples"},
    "cli": {"commands", "engine"},
    "training": {"training", "model_store", "engine", "samples"},
}
OURS = set(MAY_IMPORT) | {"tests", "benchmarks"}
FORBIDDEN = {
    "engine": {"streamlit", "plotly", "dask", "distributed", "transformers", "keras", "tf_keras"},
    "samples": {"streamlit", "dask", "distributed", "tensorflow"},
    "compute": {"streamlit", "tensorflow", "keras", "transformers"},
    "commands": {"streamlit", "tensorflow", "keras", "transformers"},
    "components": {"tensorflow", "keras", "transformers", "xplique", "openvino"},
    "pages": {"tensorflow", "keras", "transformers", "xplique", "openvino"},
    "app": {"tensorflow", "keras", "transformers", "xplique", "openvino"},
}


def sources() -> list[Path]:
    rooms = [path for name in MAY_IMPORT for path in ROOT.glob(f"{name}/**/*.py")]
    return sorted([*rooms, ROOT / "app.py", ROOT / "cli.py"])


@cache
def imports(path: Path) -> set[str]:
    """Dotted names of everything a file imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names} & WORDS
    return found


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


by_file = pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))


@by_file
def test_imports_go_one_way(path):
    names = {name.split(".")[0] for name in imports(path)}
    assert names & OURS <= MAY_IMPORT[room(path)]
    assert not names & FORBIDDEN.get(room(path), set())


@by_file
def test_model_store_and_pages_take_only_words_from_the_engine(path):
    if room(path) in {"model_store", "pages", "app"}:
        assert {name for name in imports(path) if name.startswith("engine.")} <= WORDS


@by_file
def test_tensorflow_is_imported_in_one_place(path):
    if room(path) != "training" and path != ROOT / "model_store" / "runtime.py":
        assert not {name.split(".")[0] for name in imports(path)} & {"tensorflow", "tf_keras"}


@by_file
def test_files_stay_small(path):
    lines = len(path.read_text().splitlines())
    assert lines <= (80 if room(path) == "pages" else 300)


def test_no_script_lies_directly_in_pages():
    assert not [path.name for path in ROOT.glob("pages/*.py")]


@pytest.mark.parametrize("name", sorted(MAY_IMPORT))
def test_every_room_of_the_table_exists(name):
    assert (ROOT / name).is_dir() or (ROOT / f"{name}.py").is_file()
