"""plotly.js as the installed plotly brings it: where the browser fetches it, and where it lies."""

from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from components.session.media import below_base


@cache
def plotly_place() -> str:
    """Address below the server's own path. It has the version, so a browser may keep the file for good."""
    return f"static/vitrine/plotly-{version('plotly')}.min.js"


def plotly_url() -> str:
    """Address for the browser."""
    return below_base(f"/{plotly_place()}")


@cache
def plotly_path() -> Path:
    """The file. The library itself, which takes a while to import, is only looked for.

    Raises:
        FileNotFoundError: plotly is not installed.
    """
    found = find_spec("plotly")
    if found is None or found.origin is None:
        raise FileNotFoundError("plotly is not installed.")
    return Path(found.origin).parent / "package_data" / "plotly.min.js"
