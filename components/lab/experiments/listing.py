"""The runs of the server, as the page lists them."""

from experiments.folders import ListedRun, list_runs


def listed() -> list[ListedRun]:
    """All runs, the newest first; damaged folders come last."""
    return list_runs()
