"""Texts of pages and components are marked where they stand, so that they are collected and translated."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from texts.source import PEOPLE, ROOT, called, files

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
