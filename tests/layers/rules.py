"""Rules of the table: each reads the tree and gives what breaks it, offenders with what is wrong."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from tests.layers.left import LEFT
from tests.layers.names import shared_names
from tests.layers.sources import Tree, inside
from tests.layers.table import BY_NAME, IN_ONE_PLACE, MOST_MODULES, PACKAGES, RANK, ROOMS, package_of, room_of

Offenders = Mapping[str, str]


def places(tree: Tree) -> Offenders:
    """Each module has a room, each package of the table is there, rows list only rows above them."""
    held = {package_of(name) for name in tree.modules} | BY_NAME.keys()
    ranks = {room.name: rank for rank, room in enumerate(ROOMS)}
    return {
        **{name: f"{name} has no room in the table" for name in tree.modules if not room_of(name)},
        **{package: f"{package} is in the table only" for package in PACKAGES if package not in held},
        **{
            room.name: f"the row {room.name} lists {other}, which is not above it"
            for room in ROOMS
            for other in room.may_import
            if ranks.get(room_of(other), len(ROOMS)) >= ranks[room.name]
        },
        **{
            name: f"{module.path} lies directly in pages"
            for name, module in tree.modules.items()
            if module.path.parent.name == name.partition(".")[0] == "pages"
        },
    }


def rooms(tree: Tree) -> Offenders:
    """A room imports only what its row lists."""
    return {
        f"{name} {other}": f"{name} imports {other}"
        for name, other in _edges(tree)
        if (room := BY_NAME.get(room_of(name)))
        and room_of(other) != room.name
        and not any(inside(other, may) for may in room.may_import)
    }


def packages(tree: Tree) -> Offenders:
    """A package imports only packages before it."""
    return {
        f"{name} {other}": f"{name} imports {other}"
        for name, other in _edges(tree)
        if room_of(name) == room_of(other) and RANK[package_of(other)] > RANK[package_of(name)]
    }


def circles(tree: Tree) -> Offenders:
    """No module imports itself by way of others."""
    imports = {name: sorted(others - {name}) for name, others in tree.imports.items()}
    found: dict[str, str] = {}
    while circle := _circle(imports):
        found[" ".join(sorted(set(circle)))] = " -> ".join(circle)
        imports[circle[0]].remove(circle[1])
    return found


def libraries(tree: Tree) -> Offenders:
    """A room imports no library that its row forbids."""
    return {
        f"{name} {library}": f"{name} imports {library}"
        for name, module in tree.modules.items()
        if (room := BY_NAME.get(room_of(name)))
        for library in {found.partition(".")[0] for found in module.imported} & room.never
        if library not in IN_ONE_PLACE.get(name, ())
    }


def lines(tree: Tree) -> Offenders:
    """Files stay short."""
    return {
        name: f"{module.path} has {count} lines"
        for name, module in tree.modules.items()
        if (room := BY_NAME.get(room_of(name))) and (count := module.text.count("\n")) > room.most_lines
    }


def folders(tree: Tree) -> Offenders:
    """No folder has more than fifteen modules."""
    paths = [module.path for module in tree.modules.values()]
    counts = Counter(str(path.parent) for path in paths if path.stem != "__init__")
    crowded = {folder: count for folder, count in counts.items() if count > MOST_MODULES}
    return {folder: f"{folder} has {count} modules" for folder, count in crowded.items()}


RULES: dict[str, Callable[[Tree], Offenders]] = {
    rule.__name__: rule
    for rule in (places, rooms, packages, circles, libraries, lines, folders, shared_names)
}


def broken(rule: str, tree: Tree) -> list[str]:
    """What is wrong by a rule, but for what is known; and what is known and no longer wrong."""
    offenders, left = RULES[rule](tree), LEFT.get(rule, frozenset())
    return [
        *sorted(said for name, said in offenders.items() if name not in left),
        *(
            f"{name} is mended, take it out of tests/layers/left.py"
            for name in sorted(left - offenders.keys())
        ),
    ]


def _edges(tree: Tree) -> Iterator[tuple[str, str]]:
    return ((name, other) for name, others in tree.imports.items() for other in others if other != name)


def _circle(imports: Mapping[str, Iterable[str]]) -> list[str]:
    """A chain of imports that ends where it began, if there is one."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []
