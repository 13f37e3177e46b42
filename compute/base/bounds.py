"""Bounds of memory and disk, in megabytes; what was not used for longest goes first."""

from __future__ import annotations

import os
from dataclasses import dataclass

from engine.errors import VitrineError

MEGABYTE = 2**20


@dataclass(frozen=True)
class Bound:
    """A bound that an environment variable may change.

    Attributes:
        variable: its name.
        megabytes: without the variable.
        about: what is bounded, and where.
    """

    variable: str
    megabytes: int
    about: str

    @property
    def nbytes(self) -> int:
        """The bound in bytes.

        Raises:
            VitrineError: the variable holds something else than a number of megabytes.
        """
        text = os.environ.get(self.variable) or str(self.megabytes)
        if not text.isdecimal():
            raise VitrineError(
                "{variable} is a whole number of megabytes; received {text!r}.",
                variable=self.variable,
                text=text,
            )
        return int(text) * MEGABYTE


MODELS = Bound(
    "VITRINE_LIMIT_MODELS", 1024, "models that a worker keeps loaded; the one used last stays, however large"
)
PREPARED = Bound(
    "VITRINE_LIMIT_PREPARED",
    256,
    "plans, fills, targets and runs that a process keeps from one chunk to the next",
)
RESULTS = Bound(
    "VITRINE_LIMIT_RESULTS", 256, "results that the server keeps when no page shows them any more"
)
STORE = Bound("VITRINE_LIMIT_STORE", 512, "finished passes and pictures of filters on disk")
BOUNDS = (MODELS, PREPARED, RESULTS, STORE)
