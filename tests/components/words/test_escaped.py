"""Places where Streamlit reads Markdown: what strangers may have named goes through the escaper there.

``tests/pages/test_strange_words.py`` looks at the pages; this looks at the code, also where no test comes by.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MODULES = [*sorted((ROOT / "components").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]
_DRAWN = """
    badge button caption checkbox download_button error expander form_submit_button header info link_button
    markdown page_link popover progress status subheader success tabs title toast toggle warning write
    """
DRAWN = frozenset(_DRAWN.split())
"""What Streamlit draws as Markdown."""
TEXTS = frozenset({"body", "label", "text", "help"})
"""Arguments by name that are drawn so, besides the first ones."""
ESCAPERS = frozenset({"as_text", "as_code", "len"})
"""What makes of a text one that may be drawn, or a number."""
STRANGE = frozenset({"name", "title", "label", "labels", "licence", "reason", "layer", "source"})
"""Attributes that strangers may have written: of models, layers, classes, pictures, rows and questions."""
SAID = frozenset({"sentence", "question_title", "label_of", "zone_name", "step_title"})
"""Functions whose texts have such words in them."""
OURS = frozenset(
    {
        "CATALOGUE[DEFAULT_MODEL.key].title",
        "found.spec.about.title",
        "prediction.backend.name",
        "sample.title",
        "spoken.name",
        "step.title",
    }
)
"""Names that we gave: tables of ours."""


def bare(node: ast.AST) -> Iterator[ast.AST]:
    """Parts of an expression that nothing escapes, each with all that is in it."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ESCAPERS:
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from bare(child)


def raw(text: ast.expr) -> set[str]:
    """Strangers' words in an expression that nothing escapes."""
    parts = list(bare(text))
    said = {
        ast.unparse(node) for node in parts if isinstance(node, ast.Call) and ast.unparse(node.func) in SAID
    }
    named = {ast.unparse(node) for node in parts if isinstance(node, ast.Attribute) and node.attr in STRANGE}
    return said | {name for name in named if name not in OURS and not name.endswith("method.title")}


def drawn(tree: ast.AST) -> Iterator[ast.expr]:
    """Expressions that are drawn as Markdown, and what variables in them are set to in their function."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            known = {
                node.targets[0].id: node.value
                for node in ast.walk(function)
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            }
            for call in ast.walk(function):
                yield from texts_of(call, known)


def texts_of(call: ast.AST, known: dict[str, ast.expr]) -> Iterator[ast.expr]:
    if (
        not isinstance(call, ast.Call)
        or not isinstance(call.func, ast.Attribute)
        or call.func.attr not in DRAWN
    ):
        return
    for text in (*call.args[:1], *(word.value for word in call.keywords if word.arg in TEXTS)):
        yield text
        yield from (known[node.id] for node in bare(text) if isinstance(node, ast.Name) and node.id in known)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_strangers_may_have_named_is_escaped(path):
    found = set().union(*map(raw, drawn(ast.parse(path.read_text()))))
    assert not found, f"please draw {sorted(found)} with as_text or as_code"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("st.error(sentence(error))", {"sentence(error)"}),
        ('st.caption(_("{x}").format(x=_(entry.title)))', {"entry.title"}),
        ('text = f"**{row.title}**"\n    st.markdown(text)', {"row.title"}),
        ('st.button("x", help=facts.labels[0])', {"facts.labels"}),
        ("st.markdown(as_text(entry.title) + as_code(picture.name) + _(method.title))", set()),
    ],
)
def test_the_rule_finds_them(code, found):
    tree = ast.parse(f"def page():\n    {code}")
    assert set().union(*map(raw, drawn(tree))) == found
