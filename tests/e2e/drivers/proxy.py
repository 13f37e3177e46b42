"""A reverse proxy as small as can be.

It passes on what is below one path, web sockets too; nothing else exists.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass
class Proxy:
    """Attributes:
    url: its own address, with the path.
    refused: paths that were asked for outside of it.
    """

    url: str
    refused: list[str] = field(default_factory=list)


@contextmanager
def proxy(path: str, port: int) -> Iterator[Proxy]:
    """Passes what is below a path on to a server on this machine, under another port and another name of the
    machine.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Proxy(f"http://localhost:{listening.getsockname()[1]}{path}")
        threading.Thread(target=_accept, args=(listening, made, path, port), daemon=True).start()
        yield made


def _accept(listening: socket.socket, made: Proxy, path: str, port: int) -> None:
    with suppress(OSError):
        while True:
            visitor, _ = listening.accept()
            threading.Thread(target=_serve, args=(visitor, made, path, port), daemon=True).start()


def _serve(visitor: socket.socket, made: Proxy, path: str, port: int) -> None:
    """One request, or one web socket, for each connection."""
    with suppress(OSError), visitor:
        head, rest = _head(visitor)
        asked = head.split(b" ")[1].decode()
        if not f"{asked}/".startswith(f"{path}/") and not asked.startswith(f"{path}?"):
            made.refused.append(asked)
            visitor.sendall(NOT_FOUND)
            return
        with socket.create_connection(("127.0.0.1", port)) as server:
            server.sendall(_once(head) + rest)
            threading.Thread(target=_pass_on, args=(visitor, server), daemon=True).start()
            _pass_on(server, visitor)


def _head(visitor: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        more = visitor.recv(65536)
        if not more:
            raise OSError("the visitor left")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def _once(head: bytes) -> bytes:
    """The head of a request, which asks for the end of the connection, unless it asks for a web socket."""
    lines = head.split(b"\r\n")
    upgrade = any(line.lower().startswith(b"upgrade:") for line in lines)
    kept = (
        lines
        if upgrade
        else [line for line in lines if not line.lower().startswith(b"connection:")] + [b"Connection: close"]
    )
    return b"\r\n".join([*kept, b"X-Forwarded-Proto: http", b"", b""])


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
