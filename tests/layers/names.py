"""Public names that stand more than once in the project."""

import ast
from collections import defaultdict
from collections.abc import Mapping

from tests.layers.sources import Module, Tree, inside

_ROLES = {
    "engine.perturbation.methods": "plan estimate",
    "training": "read_config from_table part_of teach measure export gather write_card",
}
CONTRACTS = {name: place for place, names in _ROLES.items() for name in names.split()}
"""Public functions that have one role by contract, and where."""


def shared_names(tree: Tree) -> Mapping[str, str]:
    """No public class or function has the name of another, contracts and the commands of scripts aside."""
    homes: dict[str, list[str]] = defaultdict(list)
    for module, source in tree.modules.items():
        if not module.startswith(("tests.", "benchmarks.")):
            for name in _public(module, source):
                homes[name].append(module)
    return {name: f"{name} stands in {', '.join(those)}" for name, those in homes.items() if len(those) > 1}


def _public(module: str, source: Module) -> list[str]:
    """Names of public classes and functions that nothing else may have."""
    names = {node.name for node in source.tree.body if isinstance(node, _kinds(source))}
    return [name for name in names if name[0] != "_" and not inside(module, CONTRACTS.get(name, "-"))]


def _kinds(source: Module) -> tuple[type[ast.ClassDef | ast.FunctionDef], ...]:
    """What is counted: functions of scripts are commands with the names of these, and nobody imports them."""
    is_script = source.path.name in ("__main__.py", "cli.py", "app.py")
    return (ast.ClassDef,) if is_script else (ast.ClassDef, ast.FunctionDef)
