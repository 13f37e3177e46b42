"""``python -m tests.layers``: rooms and packages, what they import, and all that breaks a rule."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from tests.layers.rules import LEFT, RULES, broken
from tests.layers.sources import Tree, read_tree
from tests.layers.table import ROOMS, package_of, room_of
from tests.layers.tested import untested


def main() -> int:
    """Print the table; 1 where something breaks a rule."""
    parser = argparse.ArgumentParser(prog="python -m tests.layers", description=__doc__)
    parser.add_argument("--tests", action="store_true", help="list the modules that no test names instead")
    options, tree = parser.parse_args(), read_tree()
    if options.tests:
        return _list_untested(tree)
    print("Room or package, its modules, and how many imports it has of which others")
    print(*_table(tree), sep="\n")
    wrong = {rule: offenders for rule in RULES if (offenders := broken(rule, tree))}
    for rule, offenders in wrong.items():
        print(f"\n{rule}: {RULES[rule].__doc__}", *offenders, sep="\n  ")
    left = {rule: names for rule, names in LEFT.items() if names}
    for rule, names in left.items():
        print(f"\n{rule}: known, to be mended ({len(names)})", *sorted(names), sep="\n  ")
    print(f"\n{len(tree.modules)} modules; broken: {', '.join(wrong) or 'nothing'}")
    return int(bool(wrong))


def _list_untested(tree: Tree) -> int:
    found = untested(tree)
    rooms = Counter(map(room_of, found))
    print(*found, sep="\n")
    print(
        f"\n{len(found)} modules that no test names:", ", ".join(f"{room} {n}" for room, n in rooms.items())
    )
    return 0


def _table(tree: Tree) -> Iterator[str]:
    for room in ROOMS:
        own = [name for name in tree.modules if room_of(name) == room.name]
        imported = [room_of(other) for name in own for other in tree.imports[name]]
        yield _row(room.name, len(own), (place for place in imported if place != room.name))
        for package in (*room.packages, "") if room.packages else ():
            dotted = f"{room.name}.{package}".removesuffix(".")
            members = [name for name in own if package_of(name) == dotted]
            if members:
                yield _row(f"  {package or '(the rest)'}", len(members), _neighbours(tree, members))


def _neighbours(tree: Tree, members: Iterable[str]) -> Iterator[str]:
    """The package of each import that the modules of one package have in their room."""
    for name in members:
        for other in tree.imports[name]:
            if room_of(other) == room_of(name) and package_of(other) != package_of(name):
                yield package_of(other).removeprefix(f"{room_of(name)}.")


def _row(title: str, size: int, imported: Iterable[str]) -> str:
    found = "  ".join(f"{place} {count}" for place, count in Counter(imported).most_common())
    return f"{title:28}{size:4}  {found}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
