"""Waits of a person, each with what was promised about it."""

from dataclasses import dataclass

PATIENCE_MS = 15 * 60 * 1000


@dataclass(frozen=True)
class Wait:
    """A wait with what was promised about it.

    Attributes:
        what: what is waited for.
        seconds: how long it took.
        promised: seconds, or None.
    """

    what: str
    seconds: float
    promised: float | None = None

    def __str__(self) -> str:
        promise = "" if self.promised is None else f" (promised: at most {self.promised:g} s)"
        return f"  {self.what:<72} {self.seconds:6.2f} s{promise}"
