"""Entry of the scheduler and worker processes: they live no longer than the server that started them.

The server holds the other end of their standard input. However it ends, SIGKILL included, that end is closed,
and reading meets the end of the file. The process below a nanny is watched by the nanny in the same way.
"""

import os
import shutil
import sys
import threading
from importlib import import_module

SCRATCH_VARIABLE = "VITRINE_SCRATCH"
"""Environment variable: the server's temporary folder, removed by whoever is left."""

COMMANDS = {"scheduler": "distributed.cli.dask_scheduler", "worker": "distributed.cli.dask_worker"}


def _live_with_server() -> None:
    """Wait for the end of standard input, then exit at once."""
    while os.read(0, 4096):
        pass
    scratch = os.environ.get(SCRATCH_VARIABLE)
    if scratch:
        shutil.rmtree(scratch, ignore_errors=True)
    os._exit(0)


def run_process() -> None:
    """Run Dask's own command for the kind of process that is asked for."""
    threading.Thread(target=_live_with_server, name="live-with-server", daemon=True).start()
    kind = sys.argv.pop(1)
    import_module(COMMANDS[kind]).main()


if __name__ == "__main__":
    run_process()
