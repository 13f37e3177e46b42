"""Exit code 0 while the server in this container answers; for Docker's HEALTHCHECK."""

import os
import sys
import urllib.request

SECONDS = 4


def address() -> str:
    """Where Streamlit says that it is well; below the path where one is set."""
    port = os.environ.get("STREAMLIT_SERVER_PORT", "8501")
    path = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
    return f"http://127.0.0.1:{port}{path and '/' + path}/_stcore/health"


def healthy() -> bool:
    """Whether the server answers "ok" in time."""
    try:
        with urllib.request.urlopen(address(), timeout=SECONDS) as answer:
            return answer.read() == b"ok"
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if healthy() else 1)
