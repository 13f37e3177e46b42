"""docs/faults.md names tests that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMED = re.findall(r"`(tests/\S+\.py)::(test_\w+)`", (ROOT / "docs" / "faults.md").read_text())
FAULTS = (
    *("full disk", "read-only cache", "cache entry", "download cut", "another hash"),
    *("evicted", "worker killed", "scheduler lost", "server killed"),
)


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda value: value)
def test_each_test_exists(path, name):
    assert name in {
        node.name
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.FunctionDef)
    }


def test_each_fault_is_in_the_table():
    table = (ROOT / "docs" / "faults.md").read_text()
    assert len(NAMED) >= 20 and [fault for fault in FAULTS if fault not in table] == []
