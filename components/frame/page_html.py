"""The page that Streamlit's script begins in, with a script and a style of ours, compressed once.

The script says where the server is: what the page's own address is below. Without it Streamlit asks
``/zones/_stcore/health`` and others until one of them answers, and each that does not is an error in the
browser's console. The style is there before the first element, so that nothing jumps when it comes; it
stands behind all others, and wins over those that are as exact.
"""

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

from components.frame.addresses import FOLDERS, READ, below_server
from components.frame.compression import FILES, add_vary, compressed, takes_gzip

_HERE = Path(__file__).parent
SCRIPT = f"""window.__streamlit = {{ BACKEND_BASE_URL: new URL("./", location).href }};
{(_HERE / "page.js").read_text("utf-8")}"""
STYLE = (_HERE / "frame.css").read_text("utf-8")
DIGEST = f"sha256-{b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()}"
"""What a content security policy allows it by."""

BEFORE = "<script"
"""The first script of the page: ours stands before it."""

END = "</body>"

ABOUT_FORM = frozenset({b"accept-encoding", b"if-none-match", b"if-modified-since", b"if-range", b"range"})
"""What a browser says about a page's form, which is not for the app that we replace it of."""


@dataclass(frozen=True)
class PageHtml:
    """A page, plain and compressed."""

    plain: bytes
    gzip: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "gzip", compressed(self.plain))

    @classmethod
    def read(cls) -> "PageHtml":
        """Streamlit's own, with our script and style."""
        text = (Path(file_util.get_static_dir()) / "index.html").read_text("utf-8")
        return cls(with_ours(text).encode())


def with_ours(page: str) -> str:
    """A page of HTML with our script before its first one, and our style at its end."""
    scripted = page.replace(BEFORE, f"<script>{SCRIPT}</script>{BEFORE}", 1)
    return f"<style>{STYLE}</style>{END}".join(scripted.rsplit(END, 1))


class OwnPage:
    """Sends our page in place of Streamlit's, wherever that is the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._page = app, PageHtml.read()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _may_be_page(scope):
            await self._app(scope, receive, send)
            return
        ours = False

        async def sending(message: Message) -> None:
            nonlocal ours
            if message["type"] == "http.response.start" and _is_page(message):
                ours = True
                await self._send(scope, message, send)
            elif not ours:
                await send(message)

        headers = [header for header in scope["headers"] if header[0] not in ABOUT_FORM]
        await self._app({**scope, "headers": headers}, receive, sending)

    async def _send(self, scope: Scope, start: Message, send: Send) -> None:
        packed = takes_gzip(scope)
        content = self._page.gzip if packed else self._page.plain
        headers = MutableHeaders(raw=list(start["headers"]))
        for name in ("etag", "last-modified", "accept-ranges", "content-encoding"):
            del headers[name]  # what they say is of another page
        add_vary(headers)
        headers["content-length"] = str(len(content))
        if packed:
            headers["content-encoding"] = "gzip"
        await send({**start, "headers": headers.raw})
        await send({"type": "http.response.body", "body": content if scope["method"] == "GET" else b""})


def _may_be_page(scope: Scope) -> bool:
    """Whether Streamlit may answer a request with its page, as it does for all that is nothing else."""
    if scope["type"] != "http" or scope["method"] not in READ:
        return False
    place = below_server(scope["path"])
    return not place.startswith(FILES) and place.partition("/")[0] not in FOLDERS


def _is_page(start: Message) -> bool:
    return start["status"] == 200 and Headers(raw=start["headers"]).get("content-type", "").startswith(
        "text/html"
    )
