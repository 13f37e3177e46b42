"""The language changes while something is going on."""

from components.session.keys import SOURCE, UPLOAD
from components.words.i18n import LANGUAGE


def test_a_place_for_files_survives_another_language(visit):
    page = visit("own-model", source=UPLOAD)
    page.widget(LANGUAGE).set_value("fr").run()
    assert not page.at.exception and not page.at.error and "Votre propre modèle" in page.texts
    assert page.widget(SOURCE).value == UPLOAD
    assert len(page.at.get("file_uploader")) == 2  # for images in the bar, for a model on the page
