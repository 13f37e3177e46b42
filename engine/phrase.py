"""Texts for people that keep template and values apart, so that they can be said in another language."""

from __future__ import annotations


class Phrase(str):
    """A finished English text that knows its template and its values; everywhere else it is the text.

    Args:
        text: template with ``{name}`` places, or a word as it is.
        **values: what stands in these places; a phrase among them is translated, too.

    Example:
        >>> said = Phrase("{name} {number}", name=Phrase("sky"), number=2)
        >>> said, said.text, said.values["number"]
        ('sky 2', '{name} {number}', 2)
    """

    text: str
    values: dict[str, object]

    def __new__(cls, text: str, /, **values: object) -> Phrase:
        made = super().__new__(cls, text.format(**values) if values else text)
        made.text, made.values = text, values
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (str(self.text), self.values)


def later(text: str) -> str:
    """A text or template as it is, marked for the catalogues: it is translated when it is shown."""
    return text


def _rebuild(text: str, values: dict[str, object]) -> Phrase:
    return Phrase(text, **values)
