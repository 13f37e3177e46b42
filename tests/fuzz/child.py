"""The process in which files are opened.

It has a limit of memory, and is ended by its parent when a file takes too long. ``python -m tests.fuzz.child
FOLDER SEED``; cases come as lines of JSON [entry point, kind, number], verdicts go as lines of JSON.
"""

import json
import logging
import os
import resource
import sys
import warnings
from pathlib import Path
from time import monotonic

import psutil

from model_store.base.trimming import trim_memory
from tests.fuzz.entry_points import ENTRY_POINTS, verdict
from tests.fuzz.families import made

MEMORY = 6 * 2**30


def main() -> None:
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))
    folder, seed, process = Path(sys.argv[1]), int(sys.argv[2]), psutil.Process()
    for line in sys.stdin:
        name, kind, number = json.loads(line)
        harm, data = made(kind, number, seed, folder)
        started = monotonic()
        outcome, said = verdict(ENTRY_POINTS[name], data, kind)
        seconds = monotonic() - started
        del data
        trim_memory()  # what is left is held, not only kept by the allocator
        memory_mb = process.memory_info().rss / 2**20
        found = {"harm": harm, "outcome": outcome, "said": said, "seconds": seconds, "memory_mb": memory_mb}
        channel.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
