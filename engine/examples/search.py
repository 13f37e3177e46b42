"""Search for a smallest set of cells whose hiding changes the answer.

A counterfactual in the sense of Wachter, Mittelstadt and Russell 2017 (https://arxiv.org/abs/1711.00399),
over cells that are hidden rather than pixels that are tuned. The search asks for sets in rounds and knows
nothing of the model: whoever drives it has the sets tried, all of a round at once.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice
from math import comb
from typing import TypeVar

from engine.examples.trials import CellTrial, Hidden

WIDE = 16
"""Cells that are tried at each step of the greedy addition: those that did most when they were last tried."""
NOTHING: Hidden = frozenset()
AT_ONCE = 256
"""Sets in a round while all sets of a size are tried."""

A = TypeVar("A")
Rounds = Generator[Sequence[Hidden], None, A]
"""Yields the sets of a round; goes on when all of them have been tried."""


@dataclass
class Notes:
    """What a search knows; whoever drives it enters the trials.

    Attributes:
        budget: sets that may be tried.
        trials: by set.
        spent: whether a round was left out because it did not fit into the budget.
    """

    budget: int
    trials: dict[Hidden, CellTrial] = field(default_factory=dict)
    spent: bool = False

    def changed(self, hidden: Hidden) -> bool:
        """Whether a set was tried and changed the answer."""
        trial = self.trials.get(hidden)
        return trial is not None and trial.changed

    def margin(self, hidden: Hidden) -> float:
        """How far the answer stands; 1 where the set was not tried."""
        trial = self.trials.get(hidden)
        return 1.0 if trial is None else trial.margin

    def found(self, size: int) -> bool:
        """Whether a set of so many cells changes the answer."""
        best = self.best()
        return best is not None and len(best) <= size

    def best(self) -> Hidden | None:
        """The smallest set so far that changes the answer, the clearest one among equals."""
        found = (one for one, trial in self.trials.items() if trial.changed)
        return min(found, key=lambda one: (len(one), self.margin(one), sorted(one)), default=None)


@dataclass(frozen=True)
class FoundSet:
    """What a search found.

    Attributes:
        hidden: cells whose hiding changes the answer, in order; None where no set that was tried did; empty
            where the model does not give this answer to the whole image.
        all_below: all sets of fewer cells than this were tried, and none of them changed the answer.
        irreducible: without any one of its cells, the answer stays.
        runs: sets that were tried.
        spent: whether the budget ended the search.
    """

    hidden: tuple[int, ...] | None
    all_below: int
    irreducible: bool
    runs: int
    spent: bool

    @property
    def proved(self) -> bool:
        """Whether no smaller set exists; without it, none was found."""
        return self.hidden is not None and len(self.hidden) <= self.all_below


def smallest_set(
    cells: int, notes: Notes, ranking: Sequence[int] = (), seeds: Sequence[Hidden] = ()
) -> Rounds[FoundSet]:
    """Each cell alone; the most important cells together; greedy addition; greedy removal; all smaller sets.

    Args:
        cells: how many there are.
        notes: takes the trials.
        ranking: cells by importance, such as a map has them; empty where nothing is known.
        seeds: sets that are known to change the answer, from runs that are paid.

    Example:
        >>> def toy(hidden):  # the answer stands on cells 1 and 2: either is enough
        ...     return CellTrial({1, 2} <= hidden, 1 - len(hidden & {1, 2}), 0, 0, 0)
        >>> notes = Notes(100)
        >>> found = drive(smallest_set(4, notes), notes, toy)
        >>> found.hidden, found.proved
        ((1, 2), True)
    """
    singles = [frozenset({cell}) for cell in range(cells)]
    yield from _ask(notes, [NOTHING, frozenset(range(cells)), *singles, *sorted(seeds, key=len)])
    if notes.changed(NOTHING):
        return FoundSet((), 0, True, len(notes.trials), notes.spent)
    alone = sorted(range(cells), key=lambda cell: notes.margin(frozenset({cell})))
    for order in [list(ranking), alone] if ranking else [alone]:
        start = yield from _shortest_prefix(notes, order)
        if start is not None:
            yield from _thinned(notes, start)
    for seed in sorted((one for one in seeds if notes.changed(one)), key=len)[:2]:
        yield from _thinned(notes, seed)
    grown = yield from _grown(notes, alone)
    if grown is not None:
        yield from _thinned(notes, grown)
    below = yield from _all_below(notes, cells, alone)
    return (yield from _finding(notes, below))


def drive(rounds: Rounds[A], notes: Notes, attempt: Callable[[Hidden], CellTrial]) -> A:
    """Run a search to its end, trying sets one by one."""
    while True:
        try:
            asked = next(rounds)
        except StopIteration as end:
            found: A = end.value
            return found
        notes.trials.update({one: attempt(one) for one in asked})


def _ask(notes: Notes, sets: Iterable[Hidden]) -> Rounds[bool]:
    """Have those sets tried that are new; False if they do not fit into the budget."""
    new = [one for one in dict.fromkeys(sets) if one not in notes.trials]
    if len(notes.trials) + len(new) > notes.budget:
        notes.spent = True
        return False
    if new:
        yield new
    return True


def _shortest_prefix(notes: Notes, order: Sequence[int]) -> Rounds[Hidden | None]:
    """The first cells of an order that change the answer, as few as bisection finds."""
    sizes = [size for size in (1 << power for power in range(len(order).bit_length())) if size < len(order)]
    if not (yield from _ask(notes, [frozenset(order[:size]) for size in sizes])):
        return None
    sizes = [*sizes, len(order)]
    high = next((size for size in sizes if notes.changed(frozenset(order[:size]))), None)
    if high is None:
        return None
    low = max((size for size in sizes if size < high), default=0)
    while high - low > 1:
        middle = (low + high) // 2
        if not (yield from _ask(notes, [frozenset(order[:middle])])):
            break
        low, high = (low, middle) if notes.changed(frozenset(order[:middle])) else (middle, high)
    return frozenset(order[:high])


def _grown(notes: Notes, alone: Sequence[int]) -> Rounds[Hidden | None]:
    """Cells added one at a time, each time the one that does most, until the answer changes; None where that
    is not sooner than what is known.
    """
    hidden: Hidden = frozenset()
    worth = {cell: float(place) for place, cell in enumerate(alone)}
    while True:
        best = notes.best()
        if len(hidden) + 1 >= (len(alone) + 1 if best is None else len(best)):
            return None
        tried = sorted((cell for cell in worth if cell not in hidden), key=worth.__getitem__)[:WIDE]
        if not (yield from _ask(notes, [hidden | {cell} for cell in tried])):
            return None
        margins = {cell: notes.margin(hidden | {cell}) for cell in tried}
        worth |= {cell: margin - 2 for cell, margin in margins.items()}  # before all that was not tried
        hidden |= {min(tried, key=lambda cell: (margins[cell], cell))}
        if notes.changed(hidden):
            return hidden


def _thinned(notes: Notes, hidden: Hidden) -> Rounds[Hidden]:
    """Cells left out of a set that changes the answer until each one is needed."""
    while True:
        without = {cell: hidden - {cell} for cell in sorted(hidden)}
        if len(hidden) == 1 or not (yield from _ask(notes, without.values())):
            return hidden
        spare = [cell for cell in without if notes.changed(without[cell])]
        if not spare:
            return hidden
        spare.sort(key=lambda cell: notes.margin(without[cell]))
        together = [hidden - set(spare[:count]) for count in _doubling(len(spare))]
        if not (yield from _ask(notes, together)):
            return without[spare[0]]
        hidden = min((one for one in together if notes.changed(one)), key=len)


def _doubling(most: int) -> Iterator[int]:
    """1, 2, 4 ... and the greatest itself."""
    yield from (1 << power for power in range(most.bit_length()) if 1 << power < most)
    yield most


def _all_below(notes: Notes, cells: int, alone: Sequence[int]) -> Rounds[int]:
    """Try all sets of fewer cells than the best one has, as far as the budget goes, those of strong cells
    first; the size below which none changes the answer.
    """
    size = 2 if all(frozenset({cell}) in notes.trials for cell in range(cells)) else 1
    while (best := notes.best()) is None or len(best) > size:
        if size >= cells or not (yield from _all_of_size(notes, alone, size)):
            break
        if not notes.found(size):
            size += 1
    return size


def _all_of_size(notes: Notes, alone: Sequence[int], size: int) -> Rounds[bool]:
    """Whether all sets of a size could be tried, or one was found that changes the answer."""
    if len(notes.trials) + comb(len(alone), size) > notes.budget:
        notes.spent = True
        return False
    sets = (frozenset(some) for some in combinations(alone, size))
    while some := list(islice(sets, AT_ONCE)):
        yield from _ask(notes, some)
        if any(map(notes.changed, some)):
            break
    return True


def _finding(notes: Notes, below: int) -> Rounds[FoundSet]:
    best = notes.best()
    if best is None:
        return FoundSet(None, below, False, len(notes.trials), notes.spent)
    best = yield from _thinned(notes, best)
    needed = all(best - {cell} in notes.trials for cell in best)
    return FoundSet(tuple(sorted(best)), below, needed, len(notes.trials), notes.spent)
