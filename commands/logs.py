"""Log of the command line: warnings on the error stream, or as much as ``VITRINE_LOG`` says."""

from compute.base.logs import set_up


def set_up_logs() -> None:
    """Write the log to the error stream."""
    set_up(usual="warning")
