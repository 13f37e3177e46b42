"""Shares of the work for ``pytest -n 3 --dist loadscope --no-loadscope-reorder``: three processes of pytest.

The share of a test follows from its folder, since pytest-xdist tells the process that deals them out nothing
but names: 3.8 ignores ``xdist_group`` marks with pytest 9.2 (pytest-xdist issue 1386).
"""

from typing import Any

SHARES = {
    "computing": ("compute",),
    "models": ("model_store",),
    "browser": ("e2e",),
    "pages": ("pages",),
    "servers": (
        "e2e/drawing",
        "e2e/wire",
        "e2e/test_clicks.py",
        "e2e/test_filters.py",
        "e2e/test_serving.py",
    ),
    "every page": ("e2e/every_page",),
    "data pages": ("pages/data", "pages/inside", "pages/lab"),
    "commands": ("commands",),
    "lab": ("training",),
    "methods": ("engine", "benchmarks", "judges"),
}
"""Folders and files that one process runs, one test after the other, in the order in which the shares begin.

Processes wait a third of their time, hence three for two cores. TensorFlow is not imported where pages are
tested, which Streamlit would slow down; a test that kills workers kills those of its own process alone. Of
the tests in a browser, those that start servers of their own are a share by themselves, and so is the look at
every page. What is in none is dealt out by folder, last.
"""

_SHARE = {place: share for share, places in SHARES.items() for place in places}


def share_of(name: str) -> str:
    """The share of a test, by its name from the root: ``tests/FOLDER/...::test``."""
    parts = name.partition("::")[0].removeprefix("tests/").split("/")
    places = ("/".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((_SHARE[place] for place in places if place in _SHARE), parts[0])


def place_of(name: str) -> int:
    """The place of its share in the order of beginning."""
    share = share_of(name)
    return list(SHARES).index(share) if share in SHARES else len(SHARES)


def scheduler(config: Any, log: Any) -> Any:
    """The part of pytest-xdist that deals out tests, by shares."""
    from xdist.scheduler import LoadScopeScheduling

    class ByShares(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return share_of(nodeid)

    return ByShares(config, log)
