"""Texts that stand in the code: those that are marked, and the sentences of errors and warnings."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = ("components", "pages")
"""Rooms whose texts are marked."""

ENGINE = ("engine", "settings", "model_store", "compute")
"""Rooms whose texts are values: phrases, sentences of errors, sentences of tables."""

MARKS = {"_": 1, "later": 1, "plural": 2}
"""How many texts the functions of ``components.words.i18n`` take."""

Text = str | tuple[str, str]
"""A text, or a singular and its plural."""


def files(rooms: Iterable[str]) -> list[Path]:
    """The source files of some rooms."""
    return sorted(path for room in rooms for path in (*(ROOT / room).rglob("*.py"), *ROOT.glob(f"{room}.py")))


def marked() -> dict[Text, str]:
    """Texts that components and pages mark, with the file in which each stands first."""
    found: dict[Text, str] = {}
    for path in files(PEOPLE):
        for call in _calls(_tree(path)):
            count = MARKS.get(called(call), 0)
            for texts in _product(call.args[:count], path) if count else ():
                found.setdefault(texts if count == 2 else texts[0], _place(path))
    return found


def spoken() -> dict[Text, str]:
    """Sentences of errors, phrases and warnings in all rooms, with the file in which each stands first."""
    found: dict[Text, str] = {}
    for path in files((*ENGINE, *PEOPLE)):
        given = [call.args[0] for call in _calls(_tree(path)) if call.args and _says(called(call))]
        for text in (*(text for node in given for text in strings(node, path)), *_constants(path)):
            if has_words(text):
                found.setdefault(text, _place(path))
    return found


def has_words(text: str) -> bool:
    """Whether something is left of a text without its values."""
    outside = "".join(part.partition("}")[2] if place else part for place, part in enumerate(text.split("{")))
    return any(letter.isalpha() for letter in outside)


def _says(name: str) -> bool:
    return name in _sentences() or name == "Phrase"


@lru_cache(maxsize=1)
def _sentences() -> frozenset[str]:
    """Names of the errors that carry a sentence for people."""
    known = {"VitrineError"}
    classes = [
        node
        for path in files((*ENGINE, *PEOPLE))
        for node in _tree(path).body
        if isinstance(node, ast.ClassDef)
    ]
    for _round in range(3):
        known |= {
            node.name
            for node in classes
            if any(isinstance(base, ast.Name) and base.id in known for base in node.bases)
        }
    return frozenset(known)


def _constants(path: Path) -> Iterator[str]:
    """Sentences that are constants of a module: what warnings and reasons are made of."""
    for node in _tree(path).body:
        if path.parts[-2] in ("pages", "components") or not isinstance(node, ast.Assign):
            continue
        for text in strings(node.value, path):
            if text.endswith(".") and " " in text:
                yield text


def strings(node: ast.expr, path: Path) -> list[str]:
    """The texts that an expression may be; none where that cannot be told from the code."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return strings(node.body, path) + strings(node.orelse, path)
    if isinstance(node, ast.Dict):
        return [text for value in node.values for text in strings(value, path)]
    if isinstance(node, ast.Subscript):
        return strings(node.value, path)
    return (
        [text for value in _assigned(node, path) for text in strings(value, path)]
        if isinstance(node, ast.Name)
        else []
    )


def _assigned(name: ast.Name, path: Path) -> list[ast.expr]:
    """What a name may stand for: what its function assigns, or else its module, or the module that it comes
    from.
    """
    tree = _tree(path)
    around = (
        [node for node in _functions(path) if node.lineno <= name.lineno <= (node.end_lineno or 0)]
        if name in _nodes(path)
        else []
    )
    for scope in (*around[-1:], tree):
        body = ast.walk(scope) if isinstance(scope, ast.FunctionDef) else scope.body
        found = [
            node.value
            for node in body
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and _names(node, name.id)
        ]
        if found:
            return found
    for node in tree.body:
        if (
            isinstance(node, ast.ImportFrom)
            and node.module
            and any(alias.name == name.id for alias in node.names)
        ):
            source = (ROOT / node.module.replace(".", "/")).with_suffix(".py")
            return _assigned(name, source) if source.is_file() else []
    return []


def _names(node: ast.Assign | ast.AnnAssign, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _product(nodes: list[ast.expr], path: Path) -> list[tuple[str, ...]]:
    """What the arguments of a marking call may be; two of them are a pair."""
    several = [strings(node, path) if not isinstance(node, ast.Name) else [] for node in nodes]
    return [(text,) for text in several[0]] if len(several) == 1 else list(zip(*several, strict=False))


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    """Name of the function that is called."""
    return (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )


def _place(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def _nodes(path: Path) -> frozenset[ast.AST]:
    return frozenset(ast.walk(_tree(path)))


@cache
def _functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(_tree(path)) if isinstance(node, ast.FunctionDef)]


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))
