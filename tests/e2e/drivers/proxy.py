"""A reverse proxy as small as can be.

It passes on what is below one path, web sockets too, and counts it; nothing else exists.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


FORM = (b"accept-encoding:", b"sec-websocket-extensions:")
"""Headers by which a browser asks for a compressed form."""


@dataclass
class Answer:
    """What came of one request, or of one web socket so far.

    Attributes:
        path: that was asked for.
        nbytes: bytes of the answer, its head too.
    """

    path: str
    nbytes: int = 0


@dataclass
class Proxy:
    """Attributes:
    url: its own address, with the path.
    plain: whether it lets browsers ask for nothing compressed.
    refused: paths that were asked for outside of it.
    answers: all that was passed on.
    """

    url: str
    plain: bool = False
    refused: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    @property
    def nbytes(self) -> int:
        """Bytes of all answers."""
        return sum(answer.nbytes for answer in self.answers)


@contextmanager
def proxy(path: str, port: int, plain: bool = False) -> Iterator[Proxy]:
    """Passes what is below a path on to a server on this machine, under another port and another name of the
    machine.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Proxy(f"http://localhost:{listening.getsockname()[1]}{path}", plain)
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
        answer = Answer(asked)
        made.answers.append(answer)
        with socket.create_connection(("127.0.0.1", port)) as server:
            server.sendall(_once(head, FORM if made.plain else ()) + rest)
            threading.Thread(target=_pass_on, args=(visitor, server, Answer(asked)), daemon=True).start()
            _pass_on(server, visitor, answer)


def _head(visitor: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        more = visitor.recv(65536)
        if not more:
            raise OSError("the visitor left")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def _once(head: bytes, without: tuple[bytes, ...]) -> bytes:
    """The head of a request, which asks for the end of the connection, unless it asks for a web socket."""
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(without)]
    upgrade = any(line.lower().startswith(b"upgrade:") for line in lines)
    kept = (
        lines
        if upgrade
        else [line for line in lines if not line.lower().startswith(b"connection:")] + [b"Connection: close"]
    )
    return b"\r\n".join([*kept, b"X-Forwarded-Proto: http", b"", b""])


def _pass_on(source: socket.socket, target: socket.socket, passed: Answer) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            passed.nbytes += len(data)
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
