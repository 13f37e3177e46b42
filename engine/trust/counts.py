"""How many runs grading takes."""

STEPS = 10
"""Steps from the whole image to nothing."""

ENDS = 2
"""Runs before all others: everything shown, everything hidden."""

SUBSETS = 200
"""Random parts of the image that are hidden."""

RANDOM = 16
EDGES, CENTRE = RANDOM, RANDOM + 1
"""Random maps; places of the other baselines after them."""
MOST_TOLD = 0.99
"""Share of random maps that is told to do worse; a thousand of them cannot show that none does better."""


def curve_runs() -> int:
    """Runs of the two curves of one ranking."""
    return 2 * (STEPS - 1)


def common_runs() -> int:
    """Runs that all maps of an image share."""
    return ENDS + SUBSETS + (RANDOM + 2) * curve_runs()


def own_runs(orders: int) -> int:
    """Runs of a map at most: the image seen through it, and the curves of its rankings; what rankings share
    is run once.

    Args:
        orders: how many rankings there are.
    """
    return 1 + orders * curve_runs()
