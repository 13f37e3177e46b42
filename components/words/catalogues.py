"""Catalogues of translations, compiled when they are first needed, as Python compiles its modules."""

import io
import os
from contextlib import suppress
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from tempfile import TemporaryDirectory

LOCALE = Path(__file__).resolve().parents[2] / "locale"


def source(code: str) -> Path:
    """The file that translators edit, in gettext's PO format."""
    return LOCALE / code / "LC_MESSAGES" / "vitrine.po"


@cache
def translations(code: str) -> NullTranslations:
    """The translations into a language; none for that of the code's texts. Threads may share them."""
    path = source(code)
    return GNUTranslations(io.BytesIO(compiled(path))) if path.is_file() else NullTranslations()


def compiled(path: Path) -> bytes:
    """A catalogue as gettext reads it; it is kept beside its source, with the same time, where one may write.

    Raises:
        babel.messages.pofile.PoFileError: a line of the source is not understood.
    """
    kept, changed = path.with_suffix(".mo"), path.stat().st_mtime_ns
    if kept.is_file() and kept.stat().st_mtime_ns == changed:
        return kept.read_bytes()
    content = _compile(path)
    with suppress(OSError), TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        part = Path(folder, kept.name)
        part.write_bytes(content)
        os.utime(part, ns=(changed, changed))
        part.replace(kept)
    return content


def _compile(path: Path) -> bytes:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    content = io.BytesIO()
    with path.open("rb") as file:
        write_mo(content, read_po(file, abort_invalid=True))
    return content.getvalue()
