"""The server: what is made ready before the first visit, and the headers of every answer."""

import asyncio
import logging
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.formparsers import MultiPartParser
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager
from streamlit.starlette import App
from streamlit.web.server.server_util import get_url

from components.frame.event_queue import keep_every_event
from components.frame.log_context import visit_facts
from components.frame.visitors import OwnMedia
from components.jobs.absent import watch_browsers
from components.session import resources
from compute.base.logs import adopt, set_up
from engine.images.picture import MAX_BYTES
from settings import settings

logger = logging.getLogger("vitrine")
SPARE_BYTES = 2**20
"""An upload is a little longer than its file."""

WARM_UP_SECONDS = 3.0
"""So long after its start the server makes ready what takes long, unless a page has asked for it before."""

OPEN_SECONDS = 0.3
"""The server listens a moment after its life has begun."""

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval' blob: "
    "'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self' data:; "
    "connect-src 'self' data: blob:; worker-src 'self' blob:; frame-ancestors 'self'; base-uri "
    "'self'; form-action 'self'; "
    "object-src 'none'"
)
"""The digest is that of the one line of script in Streamlit's own page."""

HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(self), microphone=(), geolocation=(), payment=(), usb=()"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class SecurityHeaders:
    """Adds headers against loading from elsewhere; it buffers nothing and leaves web sockets alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _value in message["headers"]}
                message = {
                    **message,
                    "headers": [
                        *message["headers"],
                        *(header for header in HEADERS if header[0] not in given),
                    ],
                }
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


MIDDLEWARE = (Middleware(SecurityHeaders), Middleware(OwnMedia))


@asynccontextmanager
async def lifespan(_app: App) -> AsyncIterator[dict[str, Any]]:
    """What happens around the life of the server.

    Streamlit takes a folder ``pages/`` beside the script for its older kind of app until the first visit has
    shown otherwise, and tells that visitor "page not found" for any link to a page: it is told the truth
    before. Uploads stay in memory; Starlette writes to a temporary file what is longer than a megabyte.
    """
    set_up(source=visit_facts)
    adopt("streamlit", "uvicorn")
    keep_every_event()
    PagesManager.uses_pages_directory = False
    MultiPartParser.spool_max_size = MAX_BYTES + SPARE_BYTES
    logger.info("the server begins")
    resources.preload_first_page()
    warming = asyncio.get_running_loop().call_later(WARM_UP_SECONDS, resources.preload_rest)
    if settings().open:
        asyncio.get_running_loop().call_later(OPEN_SECONDS, _open_browser)
    watching = asyncio.create_task(watch_browsers())
    yield {}
    logger.info("the server ends")
    warming.cancel()
    watching.cancel()
    resources.shut_down()


def _open_browser() -> None:
    resources.background().submit(webbrowser.open, get_url(config.get_option("server.address")))
