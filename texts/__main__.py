"""Bring the catalogues up to date: new texts stand in them without a translation, texts that are gone go."""

from components.words.catalogues import source
from components.words.i18n import LANGUAGES, SOURCE
from texts.catalogue import ROOT, missing, update


def main() -> None:
    """Update the catalogue of each language, and say what is missing in it."""
    for code in LANGUAGES:
        if code == SOURCE:
            continue
        path = source(code)
        update(path)
        lacking = missing(path)
        print(f"{path.relative_to(ROOT)}: {len(lacking)} texts are not translated")
        for text in lacking:
            print("  " + text.replace("\n", "\\n"))


if __name__ == "__main__":
    main()
