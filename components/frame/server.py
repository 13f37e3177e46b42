"""The server: what is made ready before the first visit, and what every request goes through."""

import asyncio
import logging
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.formparsers import MultiPartParser
from starlette.middleware import Middleware
from streamlit import config, runtime
from streamlit.runtime.pages_manager import PagesManager
from streamlit.starlette import App
from streamlit.web.server.server_util import get_url

from components.frame.addresses import Addresses
from components.frame.compression import CompressedFiles
from components.frame.event_queue import keep_every_event
from components.frame.headers import SecurityHeaders
from components.frame.log_context import visit_facts
from components.frame.origins import ExactOrigins
from components.frame.page_html import OwnPage
from components.frame.upload_limit import UploadLimit, watch_uploads
from components.frame.visitors import VisitorCookie, watch_files
from components.jobs.absent import watch_browsers
from components.pieces.scatter.serving import PlotlyScript
from components.session import resources
from compute.base.logs import adopt, set_up
from compute.base.memory import return_large_blocks
from engine.images.picture import MAX_BYTES
from settings import settings

logger = logging.getLogger("vitrine")
SPARE_BYTES = 2**20
"""An upload is a little longer than its file."""

WARM_UP_SECONDS = 3.0
"""So long after its start the server makes ready what takes long, unless a page has asked for it before."""

OPEN_SECONDS = 0.3
"""The server listens a moment after its life has begun."""

MIDDLEWARE = (
    Middleware(SecurityHeaders),
    Middleware(ExactOrigins),
    Middleware(Addresses),
    Middleware(VisitorCookie),
    Middleware(OwnPage),
    Middleware(UploadLimit),
    Middleware(CompressedFiles),
    Middleware(PlotlyScript),
)
"""What every request goes through, from the outside in."""


@asynccontextmanager
async def lifespan(_app: App) -> AsyncIterator[dict[str, Any]]:
    """What happens around the life of the server.

    Streamlit takes a folder ``pages/`` beside the script for its older kind of app until the first visit has
    shown otherwise, and tells that visitor "page not found" for any link to a page: it is told the truth
    before. Uploads stay in memory; Starlette writes to a temporary file what is longer than a megabyte.
    """
    return_large_blocks()
    set_up(source=visit_facts)
    adopt("streamlit", "uvicorn")
    keep_every_event()
    PagesManager.uses_pages_directory = False
    MultiPartParser.spool_max_size = MAX_BYTES + SPARE_BYTES
    if runtime.exists():
        watch_files(runtime.get_instance().media_file_mgr)
    logger.info("the server begins")
    resources.preload_first_page()
    warming = asyncio.get_running_loop().call_later(WARM_UP_SECONDS, resources.preload_rest)
    if settings().open:
        asyncio.get_running_loop().call_later(OPEN_SECONDS, _open_browser)
    watching = [asyncio.create_task(watch()) for watch in (watch_browsers, watch_uploads)]
    yield {}
    logger.info("the server ends")
    warming.cancel()
    for task in watching:
        task.cancel()
    resources.shut_down()


def _open_browser() -> None:
    resources.background().submit(webbrowser.open, get_url(config.get_option("server.address")))
