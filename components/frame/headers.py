"""Headers of every answer: a browser loads nothing from elsewhere, and shows the page in nobody's frame."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.frame.page_html import DIGEST

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval' blob: "
    f"'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA=' '{DIGEST}'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self' data:; "
    "connect-src 'self' data: blob:; worker-src 'self' blob:; frame-ancestors 'self'; base-uri "
    "'self'; form-action 'self'; "
    "object-src 'none'"
)
"""The digests are those of the two lines of script in the page: Streamlit's and ours."""

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
