"""A provider of OpenID Connect on 127.0.0.1 that lets everybody in at once, as one person."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "vitrine", "a secret of the client"


@dataclass
class Provider:
    """Attributes:
    person: claims of whoever signs in.
    """

    person: dict[str, Any]
    url: str = ""
    key: Any = None
    nonces: dict[str, str] = field(default_factory=dict)

    def metadata(self) -> dict[str, Any]:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {
            "issuer": self.url,
            **{name: f"{self.url}/{place}" for name, place in places.items()},
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def token(self, code: str) -> dict[str, Any]:
        from joserfc import jwt

        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonces.pop(code),
            **self.person,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return {"access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": signed}


@contextmanager
def provider(**person: Any) -> Iterator[Provider]:
    from joserfc.jwk import RSAKey

    made = Provider(person, key=RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            _answer(made, self, "")

        def do_POST(self):
            _answer(made, self, self.rfile.read(int(self.headers["Content-Length"])).decode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def _answer(made: Provider, to: BaseHTTPRequestHandler, body: str) -> None:
    asked = urlsplit(to.path)
    if asked.path == "/authorize":
        given = {name: values[0] for name, values in parse_qs(asked.query).items()}
        code = f"code-{len(made.nonces)}"
        made.nonces[code] = given["nonce"]
        to.send_response(302)
        to.send_header(
            "Location", f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}"
        )
        to.end_headers()
        return
    answers = {
        "/.well-known/openid-configuration": made.metadata,
        "/keys": lambda: {"keys": [made.key.as_dict(private=False)]},
        "/token": lambda: made.token(parse_qs(body)["code"][0]),
    }
    content = json.dumps(answers[asked.path]()).encode()
    to.send_response(200)
    to.send_header("Content-Type", "application/json")
    to.send_header("Content-Length", str(len(content)))
    to.end_headers()
    to.wfile.write(content)
