"""The script that draws points: the file of the installed plotly, at an address of our own."""

from starlette.responses import FileResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from components.pieces.scatter.plotly_file import plotly_path, plotly_url

READ = frozenset({"GET", "HEAD"})
FOR_GOOD = {"cache-control": "public, max-age=31536000, immutable"}
"""The address has the version."""


class PlotlyScript:
    """Answers one address; stands behind what compresses files, so that it is compressed once and kept."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["path"] == plotly_url()
        if not asked or scope["method"] not in READ:
            await self._app(scope, receive, send)
            return
        file = FileResponse(plotly_path(), media_type="text/javascript", headers=FOR_GOOD)
        await file(scope, receive, send)
