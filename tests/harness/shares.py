"""Shares of the work for ``pytest -n 2 --dist loadscope --no-loadscope-reorder``: two processes of pytest.

The share of a test follows from its folder, since pytest-xdist tells the process that deals them out nothing
but names: 3.8 ignores ``xdist_group`` marks with pytest 9.2 (pytest-xdist issue 1386).
"""

from typing import Any

SHARES = {
    "tensorflow": ("model_store", "training", "commands", "engine", "benchmarks", "judges"),
    "cluster": ("compute", "pages"),
    "browser": ("e2e",),
}
"""Folders that one process runs, one test after the other, in the order in which the shares begin.

TensorFlow is imported in one process and not in that of the pages, which Streamlit would slow down; no worker
is killed beside somebody's pass. What is in none of them is dealt out by folder.
"""

_SHARE = {folder: share for share, folders in SHARES.items() for folder in folders}


def share_of(name: str) -> str:
    """The share of a test, by its name from the root: ``tests/FOLDER/...::test``."""
    folder = name.partition("::")[0].removeprefix("tests/").partition("/")[0]
    return _SHARE.get(folder, folder)


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
