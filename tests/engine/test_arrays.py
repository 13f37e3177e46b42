"""Array types stand in one module."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALIAS = re.compile(r"^[A-Z]\w* = (?:npt\.)?NDArray\[", re.MULTILINE)
STANDALONE = "samples"
"""Imports nothing of ours."""


def test_no_other_module_defines_an_array_type():
    ours = [path for path in ROOT.glob("[!.]*/**/*.py") if path.relative_to(ROOT).parts[0] != STANDALONE]
    assert len(ours) > 300
    assert [path.relative_to(ROOT).as_posix() for path in ours if ALIAS.search(path.read_text())] == [
        "engine/arrays.py"
    ]
