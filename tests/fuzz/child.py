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

from tests.fuzz.entry_points import ENTRY_POINTS, verdict
from tests.fuzz.harms import harmed

MEMORY = 4 * 2**30


def main() -> None:
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))
    folder, seed = Path(sys.argv[1]), int(sys.argv[2])
    for line in sys.stdin:
        name, kind, number = json.loads(line)
        harm, data = harmed(kind, number, seed, (folder / kind).read_bytes())
        started = monotonic()
        outcome, said = verdict(ENTRY_POINTS[name], data, kind)
        channel.write(
            json.dumps({"harm": harm, "outcome": outcome, "said": said, "seconds": monotonic() - started})
            + "\n"
        )


if __name__ == "__main__":
    main()
