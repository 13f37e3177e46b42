"""Memory of a process that handles files: what is large goes back to the system as soon as it is freed."""

import ctypes

LARGE_BYTES = 2**20
MMAP_THRESHOLD = -3
"""``M_MMAP_THRESHOLD`` of the C library."""


def return_large_blocks() -> None:
    """Let the C library take blocks from a megabyte on from the system one by one.

    By itself glibc does so only until the first of them is freed; from then on blocks of that size lie
    between others, and what is freed stays with the process. Other libraries have no such setting.
    """
    try:
        ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, LARGE_BYTES)
    except (OSError, AttributeError, TypeError):  # no glibc
        return
