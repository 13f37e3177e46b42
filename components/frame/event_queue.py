"""The queue of what a person does in one tab: everything is applied, in its order, and the last is drawn.

Streamlit's own queue has one place. It drops a click when a page change follows before the click was looked
at, and it ends the function that a click calls wherever that happens to be. Decision 0031 says more.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from streamlit import config
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner import ScriptRunContext, get_script_run_ctx, script_runner
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequest,
    ScriptRequests,
    ScriptRequestType,
)

MOST, MOST_BYTES = 32, 2**20
"""Events that wait in their order, and bytes of all; what a program sends beyond that is put together."""

TRIGGERS = frozenset({"trigger_value", "string_trigger_value", "chat_input_value", "json_trigger_value"})
"""Kinds of value that are there for one event only: a click."""

OVERRIDDEN = frozenset(
    {
        "request_rerun",
        "request_rerun_batch",
        "request_stop",
        "on_scriptrunner_ready",
        "on_scriptrunner_yield",
    }
)
"""All that Streamlit asks of its queue."""

PLACE = "ScriptRequests"
"""Where a session's runner finds the class of its queue."""


@dataclass(frozen=True)
class LateEvent(RerunData):
    """Stands for what was done on a page that was left already, where a button is not there any more."""


class EventQueue(ScriptRequests):
    """What the browser has sent for one tab and was not yet run.

    An event is applied, with the functions that it calls, before the next one may interrupt it. A page that
    asks to be drawn anew comes after what the person did, and is not needed where that draws it. What was
    clicked on a page that is being left is done before it is left.
    """

    def __init__(self) -> None:
        super().__init__()
        self._guard = threading.Lock()
        self._waiting: deque[RerunData] = deque()
        self._stopped = self._cut = False
        self._now: RerunData | None = None
        self._page = self._left = ""

    @property
    def came_late(self) -> bool:
        """Whether what is run now is in place of what could not be done as it was meant."""
        return isinstance(self._now, LateEvent)

    def request_rerun(self, new_data: RerunData) -> bool:
        """Put an event into the queue; False if nothing is taken any more."""
        return self.request_rerun_batch([new_data])

    def request_rerun_batch(self, rerun_batch: list[RerunData]) -> bool:
        """Put what functions of one event have asked for into the queue, as one event."""
        event = _joined(rerun_batch)
        with self._guard:
            if not self._stopped:
                self._put(event)
            return not self._stopped

    def request_stop(self) -> None:
        """End the session's work; a page that stops itself ends its run, not what the person did."""
        context = get_script_run_ctx(suppress_warning=True)
        with self._guard:
            if context is not None and context.script_requests is self:
                self._cut = True
            else:
                self._stopped = True
                self._waiting.clear()

    def on_scriptrunner_yield(self) -> ScriptRequest | None:
        """What interrupts the run at this point, if anything does: nothing before an event is applied."""
        context = get_script_run_ctx(suppress_warning=True)
        if context is not None and not context.has_script_started:
            return None
        self._page = _page_of(context)
        if not (self._waiting or self._stopped or self._cut):
            return None
        with self._guard:
            if self._stopped or self._cut:
                self._cut = False
                return ScriptRequest(ScriptRequestType.STOP)
            return self._next() if any(map(_interrupts, self._waiting)) else None

    def on_scriptrunner_ready(self) -> ScriptRequest:
        """What is run next; without anything the queue ends."""
        self._page = _page_of(get_script_run_ctx(suppress_warning=True))
        with self._guard:
            return self._next()

    def _next(self) -> ScriptRequest:
        while self._waiting and not self._stopped:
            event = self._waiting.popleft()
            if not self._was_left(event):
                return self._run(event)
            if not event.is_auto_rerun:
                return self._run(self._late(event))
        self._stopped = True
        return ScriptRequest(ScriptRequestType.STOP)

    def _run(self, event: RerunData) -> ScriptRequest:
        if event.page_script_hash != self._page:
            self._left = self._page
            _end_part()
        self._now = event
        return ScriptRequest(ScriptRequestType.RERUN, event)

    def _was_left(self, event: RerunData) -> bool:
        """Whether an event was made on a page that is not there any more."""
        if not (self._page and event.page_script_hash) or event.page_script_hash == self._page:
            return False
        left = self._now is not None and event.page_script_hash == self._left and _leaves(self._now, event)
        return left or bool(event.fragment_id_queue)

    def _late(self, event: RerunData) -> RerunData:
        """In place of what was done on a page that is gone: the page that is there, once more, to say so.

        Values of what all pages have, such as the model, are taken over.
        """
        now = self._now or RerunData()
        return LateEvent(
            query_string=now.query_string if now.page_script_hash == self._page else "",
            widget_states=_without_clicks(event),
            page_script_hash=self._page,
            cached_message_hashes=event.cached_message_hashes,
            context_info=event.context_info,
        )

    def _put(self, event: RerunData) -> None:
        if event.widget_states is None:
            self._put_own(event)
        elif event.is_auto_rerun:
            self._put_poll(event)
        else:
            self._put_persons(event)

    def _put_own(self, event: RerunData) -> None:
        """What the page has asked for: needless where the person's next event draws it, or leaves it."""
        done = [other for other in self._waiting if other.widget_states is not None and _is_whole(other)]
        draws_it = event.page_script_hash == self._page
        if not _is_whole(event) or not any(
            draws_it or other.page_script_hash != self._page for other in done
        ):
            self._append(event)

    def _put_poll(self, event: RerunData) -> None:
        """A part that looks again by itself; the browser lets it carry clicks that are sent once more."""
        if self._draws_all():
            return
        event = replace(event, widget_states=_without_clicks(event))
        if self._waiting and self._waiting[-1].is_auto_rerun:
            event = _joined([self._waiting.pop(), event])
        self._append(event)

    def _put_persons(self, event: RerunData) -> None:
        """What the person has done; on a page that is about to be left it comes before that."""
        if self._draws_all():
            event = replace(event, fragment_id_queue=[])
        place = next((place for place, other in enumerate(self._waiting) if _leaves(other, event)), None)
        if place is not None and not self._is_full():
            self._waiting.insert(place, event)
        else:
            self._append(event)

    def _draws_all(self) -> bool:
        """Whether the whole page is drawn now, or going to be: parts are drawn with it, not right after it.

        Streamlit leaves out of a page what a part draws anew before it was sent, and the browser then puts
        the part in the place of what stands after it.
        """
        return any(_is_whole(other) for other in (self._now, *self._waiting) if other is not None)

    def _append(self, event: RerunData) -> None:
        if _is_whole(event):
            self._waiting = deque(other for other in self._waiting if not other.is_auto_rerun)
        if self._waiting and (_is_part_of(self._waiting[-1], event) or self._is_full()):
            event = _joined([self._waiting.pop(), event])
        self._waiting.append(event)

    def _is_full(self) -> bool:
        size = sum(_states(other).ByteSize() for other in self._waiting)
        return len(self._waiting) >= MOST or size > MOST_BYTES


def _end_part() -> None:
    """Let a page be left whole, also right after a part of it was drawn: Streamlit 1.67 takes all outside
    that part for there still, and carries what was chosen neither to the next page nor into its address.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        context.fragment_ids_this_run = None


def _joined(events: Sequence[RerunData]) -> RerunData:
    """Several events as one, as Streamlit puts them together."""
    first, *others = events
    if not (others or first.fragment_id):
        return first
    joined = ScriptRequests()
    joined.request_rerun_batch([first, *others])
    return joined.on_scriptrunner_ready().rerun_data


def _is_whole(event: RerunData) -> bool:
    """Whether it draws the whole page."""
    return not (event.fragment_id_queue or event.is_fragment_scoped_rerun)


def _interrupts(event: RerunData) -> bool:
    """Whether a run may be cut short for it: not for a part of the page, which would leave the rest out."""
    return _is_whole(event) or event.is_fragment_scoped_rerun


def _is_part_of(own: RerunData, event: RerunData) -> bool:
    """Whether a page has asked for no more than another event does anyway."""
    asked = own.widget_states is None and _is_whole(own)
    return asked and own.page_script_hash in ("", event.page_script_hash)


def _leaves(other: RerunData, event: RerunData) -> bool:
    """Whether one event leaves the page on which another was made.

    A page change comes with the values of what all pages have; what is done on a page comes with more.
    """
    if not (_is_whole(other) and other.page_script_hash and event.page_script_hash):
        return False
    more = other.widget_states is not None and _ids(event) - _ids(other)
    return other.page_script_hash != event.page_script_hash and (_needs_its_page(event) or bool(more))


def _needs_its_page(event: RerunData) -> bool:
    """Whether it is a click, or was made in a part of a page: no page change."""
    return any(map(_is_click, _states(event).widgets)) or bool(event.fragment_id_queue)


def _is_click(state: WidgetState) -> bool:
    return state.WhichOneof("value") in TRIGGERS


def _states(event: RerunData) -> WidgetStates:
    return event.widget_states or WidgetStates()


def _ids(event: RerunData) -> frozenset[str]:
    return frozenset(state.id for state in _states(event).widgets)


def _without_clicks(event: RerunData) -> WidgetStates:
    return WidgetStates(widgets=[state for state in _states(event).widgets if not _is_click(state)])


def _page_of(context: ScriptRunContext | None) -> str:
    """The page that a session is at; empty before it is known, when it is the script of all pages."""
    if context is None or context.page_script_hash == context.pages_manager.main_script_hash:
        return ""
    return context.page_script_hash


def came_late() -> bool:
    """Whether the page is drawn in place of what could not be done as it was meant."""
    context = get_script_run_ctx(suppress_warning=True)
    queue = None if context is None else context.script_requests
    return isinstance(queue, EventQueue) and queue.came_late


def keep_every_event() -> None:
    """Give every session a queue of this kind.

    Raises:
        RuntimeError: Streamlit asks another thing of its queue than when this was written, or is told to
            start a run beside the one that is under way, which then has no queue.
    """
    asked = {name for name in vars(ScriptRequests) if not name.startswith("_")}
    if asked != OVERRIDDEN or not hasattr(script_runner, PLACE):
        raise RuntimeError("Streamlit's queue of events has changed: see components/frame/event_queue.py.")
    if config.get_option("runner.fastReruns"):
        raise RuntimeError("Clicks would be lost: set runner.fastReruns = false in .streamlit/config.toml.")
    setattr(script_runner, PLACE, EventQueue)
