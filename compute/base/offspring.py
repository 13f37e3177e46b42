"""What processes with limits have in common: what they are told, a channel to whoever started them, with whom
they end.
"""

import os
import sys
import threading
from typing import TextIO

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV")
_WINDOWS = ("SYSTEMROOT", "TEMP", "TMP", "USERPROFILE")


def bare_environment() -> dict[str, str]:
    """What a process is told that reads strangers' files without any setting: no secrets of the server; and
    one thread for numpy, each takes memory.
    """
    passed = {name: value for name, value in os.environ.items() if name in (*_PASSED_ON, *_WINDOWS)}
    return {**passed, "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


def answer_channel() -> TextIO:
    """What was the standard output; from now on that is the error stream, so that libraries may print."""
    sys.stdout.flush()
    channel = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)
    return channel


def end_with_parent() -> None:
    """End this process at once when its standard input ends; what comes there meanwhile is passed over."""
    threading.Thread(target=_wait_for_end, name="end-with-parent", daemon=True).start()


def _wait_for_end() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)
