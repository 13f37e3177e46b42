"""Which processes go first where processors are scarce: the one that draws pages."""

import os

BELOW = 5
"""Steps of niceness: a process that computes gets a third of what the server gets beside it."""


def go_behind() -> None:
    """Let the server go first: this process, and what it starts, has a lower priority from now on.

    Nothing changes where there is no niceness (Windows), or where nothing else wants the processors.
    """
    if hasattr(os, "nice"):
        os.nice(BELOW)
