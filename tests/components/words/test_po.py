"""Catalogues are read as translators write them."""

from __future__ import annotations

import pytest

from components.words.po import read_po

HEAD = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n'


def test_texts_plurals_and_long_lines(tmp_path):
    path = tmp_path / "a.po"
    path.write_text(
        HEAD + '\n# by hand\n#: pages/a.py\nmsgid "one "\n"line"\nmsgstr "une \\"ligne\\""\n\nmsgid '
        '"open"\nmsgstr ""\n\n'
        'msgid "{count} run"\nmsgid_plural "{count} runs"\nmsgstr[0] "{count} course"\nmsgstr[1] '
        '"{count} courses"\n',
        "utf-8",
    )
    known = read_po(path)
    assert known.texts == {"one line": 'une "ligne"'}  # what is not translated is left out
    assert known.plurals == {"{count} run": ("{count} course", "{count} courses")}
    assert [known.form(count) for count in (0, 1, 2)] == [0, 0, 1]


def test_a_bad_line_is_said(tmp_path):
    path = tmp_path / "b.po"
    path.write_text(HEAD + '\nmsgid "a"\nmsgstr b\n', "utf-8")
    with pytest.raises(ValueError, match="msgstr b"):
        read_po(path)
