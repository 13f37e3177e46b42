"""Modules that no test names."""

import re

from tests.layers.sources import Tree, inside
from tests.layers.table import room_of

DOTTED = re.compile(r"[a-z_]+(?:\.\w+)+")


def untested(tree: Tree) -> list[str]:
    """Modules that no test imports or mentions by its dotted name, empty ones aside."""
    tests = [name for name in tree.modules if inside(name, "tests") and not inside(name, "tests.layers")]
    named = {other for name in tests for other in tree.imports[name]}
    for name in tests:
        named |= {prefix for found in DOTTED.findall(tree.modules[name].text) for prefix in _prefixes(found)}
    return [
        name
        for name, module in tree.modules.items()
        if not inside(room_of(name), "tests") and module.text and name not in named
    ]


def _prefixes(dotted: str) -> set[str]:
    """A dotted name and the one that holds it: of a class or function that is its module."""
    return {dotted, dotted.rpartition(".")[0]}
