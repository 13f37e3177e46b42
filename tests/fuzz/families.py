"""The file that is tried: harmed, glued of two kinds, or a hostile model."""

from pathlib import Path

from tests.fuzz.harms import harmed
from tests.fuzz.hostile_exchange import HOSTILE as EXCHANGE
from tests.fuzz.hostile_exchange import hostile_exchange
from tests.fuzz.polyglots import PAIRS, glued
from tests.fuzz.saved_models import hostile

HOSTILE = "saved_model"


def made(kind: str, number: int, seed: int, seeds: Path) -> tuple[str, bytes]:
    """What was done, and the file.

    Args:
        kind: of ``harms``, one of the pairs of ``polyglots``, of ``hostile_exchange``, or ``HOSTILE``.
        number: the same number gives the same file.
        seed: another one gives others.
        seeds: folder with a good file of each kind.
    """
    if kind in PAIRS:
        return glued(kind, number, seed, {name: (seeds / name).read_bytes() for name in kind.split("+")})
    if kind in EXCHANGE:
        return hostile_exchange(kind, number, seed)
    if kind == HOSTILE:
        return hostile(number, seed, (seeds / "pb").read_bytes())
    return harmed(kind, number, seed, (seeds / kind).read_bytes())
