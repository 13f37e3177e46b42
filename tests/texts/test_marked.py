"""Texts of pages and components are marked where they stand, so that they are collected and translated."""

import ast
import re
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

import pytest

from texts.catalogue import ROOMS, ROOT, collect, marks

PEOPLE = ("components", "pages")
"""Rooms whose functions are handed what people read."""

FIRST = {
    *(
        "title",
        "header",
        "subheader",
        "markdown",
        "caption",
        "text",
        "write",
        "info",
        "warning",
        "error",
        "success",
        "toast",
        "status",
    ),
    *(
        "button",
        "download_button",
        "link_button",
        "form_submit_button",
        "toggle",
        "checkbox",
        "radio",
        "selectbox",
        "multiselect",
    ),
    *(
        "segmented_control",
        "pills",
        "slider",
        "select_slider",
        "number_input",
        "text_input",
        "text_area",
        "file_uploader",
    ),
    *("camera_input", "expander", "popover", "dialog", "spinner", "metric"),
}
"""Functions of Streamlit whose first argument people read."""

NAMED = {"label", "text", "help", "placeholder", "alt", "title", "caption", "name", "body"}
"""Arguments that people read, whatever the function."""

UNREAD = {
    "Path",
    "getLogger",
    "ThreadPoolExecutor",
    "field",
    "param",
    "component",
    "ImageFont",
    "piece",
    "set_page_config",
    "Thread",
}
"""Functions whose arguments of these names nobody reads."""

WORDS = re.compile(r"[A-Za-zÀ-ÿ]{2,}")


SENTENCE = re.compile(r"[A-Z{].* .*\.$")
"""What a constant looks like that people read."""


def files(rooms: Iterable[str]) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


def called(call: ast.Call) -> str:
    """Name of the function that is called."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def plain_words(node: ast.expr) -> str:
    """What an expression says that is not marked: its literal parts, without addresses and markup."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return " ".join(plain_words(part) for part in node.values if isinstance(part, ast.Constant))
    if isinstance(node, ast.BinOp):
        return plain_words(node.left) + plain_words(node.right)
    if isinstance(node, ast.IfExp):
        return plain_words(node.body) + " " + plain_words(node.orelse)
    return ""


def read(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that people read."""
    if called(call) in UNREAD or ast.unparse(call.func).startswith(("logger.", "logging.")):
        return []
    first = call.args[:1] if isinstance(call.func, ast.Attribute) and called(call) in FIRST else []
    return first + [keyword.value for keyword in call.keywords if keyword.arg in NAMED]


def unmarked(source: str) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    said = [(node.lineno, plain_words(node)) for call in calls for node in read(call)]
    return [
        f"{line}: {text}"
        for line, text in said
        if WORDS.search(re.sub(r"<[^>]*>|&\w+;|\{[^}]*\}|Vitrine|\S+/\S+", "", text))
    ]


@pytest.mark.parametrize(
    "path", [*files(PEOPLE), ROOT / "app.py"], ids=lambda path: str(path.relative_to(ROOT))
)
def test_texts_are_marked(path: Path):
    assert unmarked(path.read_text()) == []


def test_an_unmarked_text_is_found():
    assert unmarked('st.button("Go on")') == ["1: Go on"]
    assert unmarked('st.selectbox(_("Zone"), help=f"All {count}")') == ["1: All "]
    assert unmarked('st.button(_("Go on"), key="again")') == []


def strings(node: ast.expr, known: dict[str, list[ast.expr]]) -> Iterator[str]:
    """The texts that an argument of a mark may be, other than by another mark; names may stand for values."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for inner in (
        *((node.body, node.orelse) if isinstance(node, ast.IfExp) else ()),
        *((node.value,) if isinstance(node, ast.Subscript) else ()),
        *(node.values if isinstance(node, ast.Dict) else ()),
        *(known.get(node.id, ()) if isinstance(node, ast.Name) else ()),
    ):
        yield from strings(inner, {} if isinstance(node, ast.Name) else known)


def unseen(source: str, texts: Container[str]) -> list[str]:
    """What is shown and not among the texts: arguments of marks, and sentences that are constants."""
    tree = ast.parse(source)
    known: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            known.setdefault(node.targets[0].id, []).append(node.value)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) in marks()]
    arguments = [place for call in calls for place in call.args[: max(marks()[called(call)])]]
    said = {text for node in arguments for text in strings(node, known) if text}
    constants = [node.value for node in tree.body if isinstance(node, ast.Assign)]
    said |= {text for node in constants for text in strings(node, {}) if SENTENCE.match(text)}
    return sorted(text for text in said if text not in texts)


def test_every_text_that_is_shown_is_found_by_babel():
    texts = {form for text in collect() for form in ([text.id] if isinstance(text.id, str) else text.id)}
    lost = {str(path): unseen(path.read_text(), texts) for path in (*files(ROOMS), *ROOT.glob("*.py"))}
    assert {path: said for path, said in lost.items() if said} == {}, "mark them with later()"


@pytest.mark.parametrize(
    "source",
    [
        'raise ModelError("Too large." if bytes else "No file.")',
        'TEXT = "Too large"\nraise ModelError(TEXT)',
        'TEXTS = {1: "Too large"}\nPhrase(TEXTS[size])',
        'text = "Too large"\n_(text)\ntext = _("Too small")',
        'def f():\n    text = ("Too " "large")\n    return _(text)',
        'warn("Too large")\nREASON = "It is too large."',
    ],
)
def test_a_text_that_babel_cannot_see_is_found(source):
    assert unseen(source, ()) and not unseen(
        source, {"Too large", "Too large.", "Too small", "No file.", "It is too large."}
    )
    assert unseen('NAME = later("Too large")\nPhrase(NAME)', {"Too large"}) == []
