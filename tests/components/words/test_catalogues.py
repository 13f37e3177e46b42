"""Catalogues are read as translators write them, and compiled once."""

import gettext
import io
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from babel.messages.pofile import PoFileError

from components.words.catalogues import compiled, source, translations
from components.words.i18n import _, speaking

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
HEAD += '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
LINES = 'msgid "one "\n"line"\nmsgstr "une \\"ligne\\""\n\nmsgid "open"\nmsgstr ""\n\n'
PLURAL = 'msgid "{count} run"\nmsgid_plural "{count} runs"\n'
PLURAL += 'msgstr[0] "{count} course"\nmsgstr[1] "{count} courses"\n'
UNSURE = '\n#, fuzzy\nmsgid "sure"\nmsgstr "sûr"\n'


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.po"
    path.write_text(HEAD + LINES + PLURAL + UNSURE, "utf-8")
    return path


def said(content: bytes) -> gettext.GNUTranslations:
    return gettext.GNUTranslations(io.BytesIO(content))


def test_texts_plurals_and_long_lines(path):
    known = said(compiled(path))
    assert known.gettext("one line") == 'une "ligne"'
    assert known.gettext("open") == "open" and known.gettext("other") == "other"
    assert known.gettext("sure") == "sure", "nobody has said that a fuzzy translation is right"
    forms = [known.ngettext("{count} run", "{count} runs", count) for count in (0, 1, 2)]
    assert forms == ["{count} course", "{count} course", "{count} courses"]


def test_a_compiled_catalogue_is_kept_as_long_as_its_source_is_the_same(path):
    content = compiled(path)
    kept = path.with_suffix(".mo")
    assert kept.read_bytes() == content and sorted(path.parent.iterdir()) == [kept, path]
    kept.write_bytes(b"kept")
    os.utime(kept, ns=(path.stat().st_mtime_ns,) * 2)
    assert compiled(path) == b"kept"
    path.write_text(HEAD + LINES.replace("ligne", "rangée"), "utf-8")
    os.utime(path, ns=(1, 1))  # an older file took its place
    assert said(compiled(path)).gettext("one line") == 'une "rangée"'
    assert kept.read_bytes() == compiled(path)


def test_a_catalogue_is_compiled_where_nothing_may_be_written(path):
    path.with_suffix(".mo").mkdir()  # also root is refused
    assert said(compiled(path)).gettext("one line") == 'une "ligne"'
    assert sorted(found.name for found in path.parent.iterdir()) == ["a.mo", "a.po"]


def test_a_bad_line_is_said(path):
    path.write_text(HEAD + 'msgid "a"\nmsgtr "b"\n', "utf-8")
    with pytest.raises(PoFileError, match="misformatted keyword"):
        compiled(path)


def test_the_language_of_the_code_has_no_catalogue():
    assert not source("en").exists() and translations("en").gettext("Boundary") == "Boundary"


def test_threads_speak_their_own_language():
    """Eight threads at once, from a cold start, each in the language that it chose."""
    translations.cache_clear()

    def speak(code: str) -> set[str]:
        with speaking(code):
            return {_("Boundary") for _time in range(500)}

    codes = ["en", "fr"] * 4
    with ThreadPoolExecutor(len(codes)) as pool:
        assert list(pool.map(speak, codes)) == [{"Boundary"}, {"Frontière"}] * 4
