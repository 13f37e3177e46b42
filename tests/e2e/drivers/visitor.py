"""A simulated person: a real session over the websocket, with the requests that a page makes by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE_SECONDS = 30.0
MAX_BYTES = 64 * 2**20
WHOLE, PART = ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


@dataclass
class Visitor:
    """One session.

    Attributes:
        url: of the server, http://host:port.
        patience_seconds: what takes longer is an error.
        page_seconds: how long each run of a page took, from the question to its end.
        poll_seconds: the same for parts of a page that look again by themselves.
        errors: what a person would see as an error.
        buttons: id of each button on the page, by its label.
        cookie: what its browser sends, NAME=VALUE; none by default.
        origin: of the page that its browser connects from; programs have none.
        session: the server's name for it.
        pictures: addresses of the pictures on the page.
    """

    url: str
    patience_seconds: float = PATIENCE_SECONDS
    page_seconds: list[float] = field(default_factory=list)
    poll_seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)
    cookie: str = ""
    origin: str | None = None
    session: str = ""
    pictures: list[str] = field(default_factory=list)
    _polls: dict[str, tuple[float, float]] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _finished: int | None = None
    _page_hash: str = ""
    _at: tuple[str, str] = ("", "")

    def __enter__(self) -> Visitor:
        self._socket: ClientConnection = connect(
            self.url.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            origin=Origin(self.origin) if self.origin is not None else None,
            additional_headers={"Cookie": self.cookie} if self.cookie else None,
            max_size=MAX_BYTES,
            open_timeout=self.patience_seconds,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def visit(self, page: str, query: str) -> None:
        """Open a page, or the same one anew, and wait until it is there."""
        self._at = page, query
        self._polls.clear()
        self.buttons.clear()
        self.page_seconds.append(self._ask())

    def press(self, label: str) -> None:
        """Press a button of the page."""
        self.page_seconds.append(self._ask(button=self.buttons[label]))

    def stay(self, seconds: float) -> None:
        """Look at the page for a while; what it asks by itself goes on."""
        until = perf_counter() + seconds
        while (now := perf_counter()) < until:
            due = [name for name, (_, at) in self._polls.items() if at <= now]
            if due:
                self.poll_seconds.append(self._ask(fragment=due[0]))
                interval = self._polls.get(due[0], (0.0, 0.0))[0]
                if interval:
                    self._polls[due[0]] = interval, perf_counter() + interval
            else:
                self._listen(min([until, *(at for _, at in self._polls.values())]) - now)

    def _ask(self, fragment: str = "", button: str = "") -> float:
        """Seconds of one run of the page, or of a part of it."""
        asked = BackMsg()
        asked.rerun_script.page_name, asked.rerun_script.query_string = self._at
        asked.rerun_script.page_script_hash = self._page_hash if fragment or button else ""
        asked.rerun_script.fragment_id, asked.rerun_script.is_auto_rerun = fragment, bool(fragment)
        if button:
            state = asked.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = button, True
        began, ends = perf_counter(), {WHOLE, PART} if fragment else {WHOLE}
        self._finished = None
        self._socket.send(asked.SerializeToString())
        while (left := began + self.patience_seconds - perf_counter()) > 0:
            self._listen(left)
            if self._finished in ends or (fragment and fragment not in self._polls):
                return perf_counter() - began
        self.errors.append(
            f"no answer from {self._at[0] or 'home'} in {self.patience_seconds:.0f} "
            f"s{' (a part of it)' if fragment else ''}"
        )
        return perf_counter() - began

    def _listen(self, seconds: float) -> None:
        """Take the next message, if one comes."""
        try:
            data = self._socket.recv(timeout=max(seconds, 0.0))
        except TimeoutError:
            return
        except WebSocketException as error:
            self.errors.append(f"the connection ended: {error}")
            raise
        message = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
        kind: str = message.WhichOneof("type")
        _HEARD.get(kind, _nothing)(self, getattr(message, kind))

    def _delta(self, delta: Any) -> None:
        element = delta.new_element
        what = element.WhichOneof("type")
        if what == "exception":
            self.errors.append(f"{self._at[0]}: {element.exception.message}")
        if what == "button":
            self.buttons[element.button.label] = element.button.id
        if what == "imgs":
            self.pictures.extend(shown.url for shown in element.imgs.imgs)

    def _begin(self, told: Any) -> None:
        self.session = told.initialize.session_id
        self.pictures.clear()
        self._told.clear()

    def _finish(self, told: int) -> None:
        """The parts of a page that its new run does not have are no longer there to be asked."""
        self._finished = told
        if told == WHOLE:
            self._polls = {name: poll for name, poll in self._polls.items() if name in self._told}

    def _navigate(self, told: Any) -> None:
        self._page_hash = told.page_script_hash

    def _auto(self, told: Any) -> None:
        self._told.add(told.fragment_id)
        self._polls[told.fragment_id] = told.interval, perf_counter() + told.interval

    def _stop(self, told: Any) -> None:
        self._polls.pop(told.fragment_id, None)


def _nothing(visitor: Visitor, told: Any) -> None:
    """Most messages are for the eye."""


_HEARD = {
    "new_session": Visitor._begin,
    "navigation": Visitor._navigate,
    "delta": Visitor._delta,
    "auto_rerun": Visitor._auto,
    "stop_auto_rerun": Visitor._stop,
    "script_finished": Visitor._finish,
}
