"""Imports go one way, files and folders stay small, public names stand once: read from the sources."""

import pytest

from tests.layers.left import LEFT
from tests.layers.rules import RULES, broken
from tests.layers.sources import read_tree
from tests.layers.tested import untested


@pytest.fixture(scope="module")
def tree():
    return read_tree()


@pytest.mark.parametrize("rule", RULES)
def test_nothing_breaks_the_rule(rule, tree):
    offenders = broken(rule, tree)
    assert not offenders, "\n".join([str(RULES[rule].__doc__), *offenders])


PLANTED = {
    "places": {"attic/box.py": "", "pages/home.py": ""},
    "rooms": {"model_store/base/x.py": "def f():\n    from compute import errors\n", "compute/errors.py": ""},
    "packages": {"components/words/x.py": "from components.frame import y\n", "components/frame/y.py": ""},
    "circles": {"engine/a.py": "import engine.b\n", "engine/b.py": "from engine import a\n"},
    "libraries": {"pages/start/x.py": "if True:\n    import keras.layers\n"},
    "lines": {"pages/start/x.py": "\n" * 81, "engine/x.py": "\n" * 300},
    "folders": {f"engine/x{number}.py": "" for number in range(16)},
    "shared_names": {"engine/a.py": "class Row: ...\n", "samples/b.py": "class Row: ...\nclass _Own: ...\n"},
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_what_breaks_it(rule, tmp_path, monkeypatch):
    for name, text in PLANTED[rule].items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    planted = read_tree(tmp_path)
    offenders = RULES[rule](planted)
    found = [said for said in offenders.values() if "is in the table only" not in said]
    assert len(found) == (2 if rule == "places" else 1)
    monkeypatch.setitem(LEFT, rule, frozenset({*offenders, "engine.mended"}))
    assert broken(rule, planted) == ["engine.mended is mended, take it out of tests/layers/left.py"]


def test_modules_without_a_test_of_their_name_are_listed(tmp_path):
    for name, text in {
        "engine/a.py": "A = 1\n",
        "engine/b.py": "B = 1\n",
        "engine/c.py": "C = 1\n",
        "engine/__init__.py": "",
        "tests/test_a.py": "from engine.a import A\nPATCHED = 'engine.b.B'\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert untested(read_tree(tmp_path)) == ["engine.c"]
