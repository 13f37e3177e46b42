"""Source files as they import one another, read without importing any."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]


def inside(name: str, place: str) -> bool:
    """Whether a dotted name is that of a place or lies in it."""
    return name == place or name.startswith(f"{place}.")


def holder(name: str, places: Mapping[str, object] | frozenset[str]) -> str:
    """The narrowest of some places that holds a dotted name; "" where none does."""
    while name and name not in places:
        name = name.rpartition(".")[0]
    return name


@dataclass(frozen=True)
class Module:
    """A source file, read and parsed once.

    Attributes:
        path: from the root of the tree.
        text: its source.
    """

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def imported(self) -> frozenset[str]:
        """Dotted names of everything that it imports, also inside functions and for types only."""
        names: set[str] = set()
        for node in _statements(self.tree.body):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
        return frozenset(names)


def _statements(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for node in body:
        yield node
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            nested = getattr(node, field, None)
            if isinstance(nested, list):
                yield from _statements(nested)


@dataclass(frozen=True)
class Tree:
    """All source files by their dotted names, without ``__init__``."""

    modules: Mapping[str, Module]

    @cached_property
    def imports(self) -> dict[str, frozenset[str]]:
        """The modules of the tree that each module imports."""
        return {
            name: frozenset(found for other in module.imported if (found := holder(other, self.modules)))
            for name, module in self.modules.items()
        }


def read_tree(root: Path = ROOT) -> Tree:
    """All sources below a folder but for those in hidden folders."""
    tops = [top for top in root.iterdir() if not top.name.startswith(".")]
    paths = [path for top in tops for path in ([top] if top.suffix == ".py" else top.rglob("*.py"))]
    places = [path.relative_to(root) for path in sorted(paths)]
    return Tree({_dotted(place): Module(place, (root / place).read_text()) for place in places})


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
