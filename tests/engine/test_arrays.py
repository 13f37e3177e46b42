"""Array types stand in one module."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALIAS = re.compile(r"^[A-Z]\w* = (?:npt\.)?NDArray\[", re.MULTILINE)
STANDALONE = ("samples/", "benchmarks/judges/")
"""Import nothing of ours."""


def test_no_other_module_defines_an_array_type():
    paths = {path.relative_to(ROOT).as_posix(): path for path in ROOT.glob("[!.]*/**/*.py")}
    ours = {name: path for name, path in paths.items() if not name.startswith(STANDALONE)}
    assert len(ours) > 300
    assert [name for name, path in ours.items() if ALIAS.search(path.read_text())] == ["engine/arrays.py"]
