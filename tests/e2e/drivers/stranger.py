"""Somebody without a browser, who speaks to the server as Streamlit's page does, and sends what they like."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE_SECONDS = 240.0
XSRF = "_streamlit_xsrf"


class Stranger:
    """A session on the first page.

    Attributes:
        session: its id.
        uploader: id of the place that takes files; "" where the page has none.
        said: what the page says as an error.
    """

    def __init__(self, http: httpx.Client, socket: ClientConnection) -> None:
        self._http, self._socket = http, socket
        self.session = self.uploader = ""
        self.said: list[str] = []

    def look(self, link: str = "") -> None:
        """Run the page, as a link asks for it."""
        self._run(_asked(link))

    def put(self, content: bytes, file: str = "") -> httpx.Response:
        """Send a file, whatever the page shows."""
        place = f"/_stcore/upload_file/{self.session}/{file or uuid.uuid4()}"
        headers = {"X-Xsrftoken": self._http.cookies[XSRF]}
        return self._http.put(place, files={"file": ("a.zip", content)}, headers=headers)

    def get(self, address: str) -> httpx.Response:
        """Ask for an address."""
        return self._http.get(address)

    def give(self, name: str, content: bytes, wait: bool = True) -> None:
        """Send a file to the place that takes files, as the page does."""
        file = str(uuid.uuid4())
        self.put(content, file).raise_for_status()
        message = _asked("source=upload")
        state = message.rerun_script.widget_states.widgets.add()
        state.id = self.uploader
        state.file_uploader_state_value.uploaded_file_info.add(file_id=file, name=name, size=len(content))
        if wait:
            self._run(message)
        else:
            self._socket.send(message.SerializeToString())

    def _run(self, message: BackMsg) -> None:
        self._socket.send(message.SerializeToString())
        self.said.clear()
        while True:
            told = ForwardMsg.FromString(self._socket.recv(PATIENCE_SECONDS, decode=False))
            if told.HasField("new_session"):
                self.session = told.new_session.initialize.session_id
            if told.HasField("delta"):
                self._hear(told.delta)
            if told.HasField("script_finished") and told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return

    def _hear(self, delta: Delta) -> None:
        element = delta.new_element
        if element.HasField("file_uploader"):
            self.uploader = element.file_uploader.id
        if element.HasField("alert") and element.alert.format == Alert.ERROR:
            self.said.append(element.alert.body)


def _asked(link: str) -> BackMsg:
    message = BackMsg()
    message.rerun_script.query_string = link
    return message


@contextmanager
def stranger(url: str) -> Iterator[Stranger]:
    """One who leaves at the end, as a tab that is closed does."""
    with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS, verify=False) as http:
        for place in ("/", "/_stcore/health"):
            http.get(place)
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in http.cookies.items())}
        socket = connect(
            url.replace("http", "ws") + "/_stcore/stream",
            origin=Origin(url),
            subprotocols=[Subprotocol("streamlit")],
            additional_headers=cookies,
            max_size=None,
        )
        try:
            yield Stranger(http, socket)
        finally:
            with suppress(OSError):
                socket.close()
