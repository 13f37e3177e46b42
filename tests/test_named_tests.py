"""docs/faults.md and docs/threats.md name tests that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = {page: (ROOT / "docs" / f"{page}.md").read_text() for page in ("faults", "threats")}
NAMED = {page: re.findall(r"`(tests/\S+\.py)::(test_\w+)`", text) for page, text in PAGES.items()}
FAULTS = (
    *("full disk", "read-only cache", "cache entry", "download cut", "another hash"),
    *("evicted", "worker killed", "scheduler lost", "server killed"),
)


@pytest.mark.parametrize(
    ("path", "name"), sorted({*NAMED["faults"], *NAMED["threats"]}), ids=lambda value: value
)
def test_each_test_exists(path, name):
    assert name in {
        node.name
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.FunctionDef)
    }


def test_each_fault_is_in_the_table():
    assert len(NAMED["faults"]) >= 20 and [fault for fault in FAULTS if fault not in PAGES["faults"]] == []


def test_each_row_of_threats_names_a_test():
    rows = [
        line for line in PAGES["threats"].splitlines() if line.startswith("| ") and "who | may" not in line
    ]
    assert len(rows) == len(NAMED["threats"]) >= 19
