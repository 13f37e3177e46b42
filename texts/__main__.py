"""Bring the catalogues up to date: new texts stand in them without a translation, texts that are gone go.

With ``--list``, all texts are printed with their translation, to be read aloud from top to bottom.
"""

import sys
from collections.abc import Iterator

from babel.messages.catalog import Catalog

from components.words.catalogues import source
from components.words.i18n import LANGUAGES, SOURCE
from texts.catalogue import ROOT, missing, read, update


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
        if "--list" in sys.argv:
            print(*side_by_side(read(path)), sep="\n")


def side_by_side(catalogue: Catalog) -> Iterator[str]:
    """Each text and its translation below it, in the order of the rooms."""
    for message in sorted((found for found in catalogue if found.id), key=lambda found: found.locations[:1]):
        for text in (message.id, message.string):
            yield " | ".join((text,) if isinstance(text, str) else text or ())
        yield ""


if __name__ == "__main__":
    main()
