"""Entry of the scheduler and worker processes: they live no longer than the server that started them.

The server holds the other end of their standard input. Its first line says what they are to be, and has the
cluster's credentials, which so stand in no environment and no list of processes. However the server ends,
SIGKILL included, that end is closed, and reading meets the end of the file. The process below a nanny is
watched by the nanny in the same way.
"""

import json
import os
import shutil
import sys
import threading

SCRATCH_VARIABLE = "VITRINE_SCRATCH"
"""Environment variable: the server's temporary folder, removed by whoever is left."""


def _live_with_server() -> None:
    """Wait for the end of standard input, then exit at once."""
    while os.read(0, 4096):
        pass
    scratch = os.environ.get(SCRATCH_VARIABLE)
    if scratch:
        shutil.rmtree(scratch, ignore_errors=True)
    os._exit(0)


def run_process() -> None:
    """Be what the first line says."""
    order = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_live_with_server, name="live-with-server", daemon=True).start()

    from compute.cluster.credentials import Credentials
    from compute.cluster.servers import serve

    security = Credentials(**order["credentials"]).security()
    serve(order["kind"], {**order["options"], "security": security})


if __name__ == "__main__":
    run_process()
