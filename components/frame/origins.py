"""Origins: a web socket, and a request that changes something, come from a page of this very server."""

import logging

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit.web.server.server_util import allowlisted_origins

logger = logging.getLogger("vitrine")
PORTS = {"http": ":80", "https": ":443"}
PAGES = {"http": ("http", "https"), "ws": ("http", "https"), "https": ("https",), "wss": ("https",)}
"""What a page begins with, by how its requests arrive: a proxy may have taken off TLS, and never adds it."""

HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})
SHOWN_CHARACTERS = 100


class ExactOrigins:
    """Refuses other origins: scheme, host and port are those of this server, or listed by its owner.

    Streamlit takes a page from any port of this machine, or of its addresses, for one of its own. What comes
    without an origin is no browser.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope.get("method") in HARMLESS
            or scope["type"] not in ("http", "websocket")
            or is_own_page(scope)
        ):
            await self._app(scope, receive, send)
            return
        told = ", ".join(Headers(scope=scope).getlist("origin"))[:SHOWN_CHARACTERS]
        logger.warning("refused: a request of %a, which is not this server's own page", told)
        refusal = (
            WebSocketClose() if scope["type"] == "websocket" else PlainTextResponse("Another origin", 403)
        )
        await refusal(scope, receive, send)


def is_own_page(scope: Scope) -> bool:
    """Whether a request comes from a page of this server, of an origin that its owner lists, or of none."""
    headers = Headers(scope=scope)
    origins, hosts = headers.getlist("origin"), headers.getlist("host")
    return not origins or (
        len(origins) == len(hosts) == 1
        and origins[0] in {*_own(scope["scheme"], hosts[0].lower()), *allowlisted_origins()}
    )


def _own(scheme: str, host: str) -> list[str]:
    """Origins of the pages of this server, as browsers write them: the usual port is left out."""
    return [f"{begins}://{host.removesuffix(PORTS[begins])}" for begins in PAGES[scheme]]
