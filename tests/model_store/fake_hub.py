"""A server on 127.0.0.1 with as much of the Hugging Face Hub as a download needs.

It has files at plain addresses, too.
"""

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REVISION = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class FakeHub:
    """One repository.

    Attributes:
        repo_id: owner and name.
        files: content by name; those of more than 1000 bytes are large files (LFS).
        sent: content that is sent instead, by name.
        plain: content by path, for files that are in no repository.
        cuts: for each coming answer with a large or plain file, after how many bytes the connection is cut.
        status: answered to everything if not 200.
        ranges: whether a part of a file may be asked for.
        requests: what was asked for, with the range.
    """

    repo_id: str
    files: dict[str, bytes]
    sent: dict[str, bytes] = field(default_factory=dict)
    plain: dict[str, bytes] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    status: int = 200
    ranges: bool = True
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    port: int = 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                answer(hub, self)

            def do_HEAD(self):
                answer(hub, self)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *args):
        self._server.shutdown()
        self._server.server_close()

    def info(self) -> bytes:
        return json.dumps(
            {"id": self.repo_id, "sha": REVISION, "siblings": [sibling(*item) for item in self.files.items()]}
        ).encode()


def sibling(name: str, content: bytes) -> dict:
    git = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    large = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
    return {"rfilename": name, "size": len(content), "blobId": git} | (
        {"lfs": large} if len(content) > 1000 else {}
    )


def answer(hub: FakeHub, to: BaseHTTPRequestHandler) -> None:
    path = to.path.split("?")[0]
    hub.requests.append((path, to.headers.get("Range")))
    assert "Authorization" not in to.headers, "a token was sent"
    if hub.status != 200:
        return send(to, hub.status, b"no")
    if path in hub.plain:
        return send_file(hub, to, hub.sent.get(path, hub.plain[path]))
    if path == f"/api/models/{hub.repo_id}":
        return send(to, 200, hub.info())
    prefix = f"/{hub.repo_id}/resolve/{REVISION}/"
    if path.startswith(prefix) and len(hub.files.get(path.removeprefix(prefix), b"")) > 1000:
        return send(to, 302, b"", Location=f"{hub.endpoint}/cdn/{path.removeprefix(prefix)}")
    name = path.removeprefix(prefix).removeprefix("/cdn/")
    if name not in hub.files:
        return send(to, 404, b"", **{"X-Error-Code": "EntryNotFound"})
    return send_file(hub, to, hub.sent.get(name, hub.files[name]))


def send_file(hub: FakeHub, to: BaseHTTPRequestHandler, content: bytes) -> None:
    asked = to.headers.get("Range") if hub.ranges else None
    large = to.command == "GET" and (to.path.startswith("/cdn/") or to.path in hub.plain)
    cut = hub.cuts.pop(0) if hub.cuts and large else None
    if asked is None:
        return send(to, 200, content, cut)
    first, _, last = asked.removeprefix("bytes=").partition("-")
    part = content[int(first) : int(last) + 1 if last else None]
    return send(
        to, 206, part, cut, **{"Content-Range": f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"}
    )


def send(
    to: BaseHTTPRequestHandler, status: int, body: bytes, cut: int | None = None, **headers: str
) -> None:
    to.send_response(status)
    for name, value in {"Content-Length": str(len(body)), "X-Repo-Commit": REVISION, **headers}.items():
        to.send_header(name, value)
    to.end_headers()
    if to.command != "HEAD":
        to.wfile.write(body if cut is None else body[:cut])
    to.wfile.flush()
    to.close_connection = True
