"""``make texts``: what becomes of a catalogue when the texts of the code change."""

import shutil

import pytest

from components.words.catalogues import source
from texts.catalogue import missing, read, unused, update


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "fr" / "LC_MESSAGES" / "vitrine.po"
    path.parent.mkdir(parents=True)
    shutil.copy(source("fr"), path)
    return path


def entries(path) -> list[str]:
    """The entries of a catalogue as they are written, wherever their texts stand in the code."""
    entries = path.read_text("utf-8").strip().split("\n\n")
    return sorted("\n".join(line for line in entry.split("\n") if line[:2] != "#:") for entry in entries)


def test_a_catalogue_keeps_what_translators_wrote(path):
    before = entries(path)
    update(path)
    assert entries(path) == before, "run make texts"


def test_new_texts_are_added_and_texts_that_are_gone_go(path):
    written = path.read_text("utf-8").replace(
        'msgid "Boundary"\nmsgstr "Frontière"', 'msgid "Rim"\nmsgstr "Bord"'
    )
    path.write_text(written, "utf-8")
    assert missing(path) == ["Boundary"] and unused(path) == ["Rim"]
    update(path)
    assert missing(path) == ["Boundary"] and unused(path) == []
    assert read(path).get("Class").string == "Classe" and "Rim" not in path.read_text("utf-8")


def test_a_text_that_was_reworded_keeps_its_translation_as_a_suggestion(path):
    text = "Agreement between maps"
    written = path.read_text("utf-8").replace(f'"{text}"', '"Agreement between the maps"')
    path.write_text(written, "utf-8")
    update(path)
    found = read(path).get(text)
    assert found.fuzzy and found.string == "Accord entre les cartes" and missing(path) == [text]


def test_a_further_language_begins_with_its_plural_forms(tmp_path):
    path = tmp_path / "pl" / "LC_MESSAGES" / "vitrine.po"
    update(path)
    assert read(path).num_plurals == 3 and len(missing(path)) == len(read(path)) > 1000
