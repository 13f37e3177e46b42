"""Log of the server, its workers and the command line: a line for each record, and nothing about a person.

A line has time, level, what it is about (session, page, model, job or task) and the text. What goes on, such
as a trace, stands in lines of its own that begin with a bar, so that no text from outside can look like a
record. File names of people's pictures are left out of messages and traces, where they stand as a whole, and
of an error meant for people only the sentence without its values is written.
"""

import logging
import logging.config
import re
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from engine.errors import VitrineError
from settings import settings

OURS = ("vitrine", "components", "compute", "model_store", "engine", "commands", "pages")
OTHERS = {
    "distributed": "WARNING",
    "distributed.diskutils": "CRITICAL",
    "distributed.worker": "CRITICAL",
    "distributed.worker.memory": "WARNING",
    "tornado": "CRITICAL",
    "tornado.application": "ERROR",
}
"""Levels of libraries; a failed task is logged by the server, so its worker need not."""

FORMAT = "%(asctime)s %(levelname)-7s [%(about)s] %(name)s: %(message)s"
CONTINUED = "\n    | "
LEFT_OUT = "[a file of a person]"
DIGITS = 12
"""So many of a digest are enough to find the same one again."""

Facts = Mapping[str, object]
_NOTHING: Facts = {}
_DIGEST = re.compile(rf"\b([0-9a-f]{{{DIGITS}}})[0-9a-f]+\b")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""Signs that steer a terminal, or turn the line round."""
FIGURE = 8
"""So many digits and points are a figure of a log, such as 0.0, and not the name of anybody's file."""
_LETTER = re.compile(r"[^\W\d_]")
_about: ContextVar[Facts] = ContextVar("about", default=_NOTHING)
_private: deque[str] = deque(maxlen=2000)
_sources: list[Callable[[], Facts]] = []


class LineFormatter(logging.Formatter):
    """One line for each record; what has more lines goes on behind a bar."""

    def __init__(self) -> None:
        super().__init__(FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        record.about = " ".join(f"{name}={_short(value)}" for name, value in _facts().items()) or "-"
        record.asctime = self.formatTime(record)
        record.message = redacted(record.getMessage())
        trace = trace_of(record.exc_info[1]) if record.exc_info else record.exc_text
        parts = (self.formatMessage(record), redacted(trace or ""), redacted(record.stack_info or ""))
        lines = "\n".join(filter(None, parts)).splitlines()
        return CONTINUED.join(_UNSEEN.sub("?", line) for line in lines)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """Local time with its distance from UTC, to the millisecond."""
        return datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds")


@contextmanager
def log_context(**facts: object) -> Iterator[None]:
    """Say in each record of this thread, or of this task of asyncio, what it is about."""
    token = _about.set({**_about.get(), **facts})
    try:
        yield
    finally:
        _about.reset(token)


def redact_names(*names: str) -> None:
    """Leave names of people's files, which have a dot, out of the log; the last 2,000 are known.

    A short one without a letter, such as ``0.0``, would take figures out of the log and tells nothing.
    """
    for name in names:
        telling = "." in name.strip(".") and (len(name) > FIGURE or _LETTER.search(name))
        if telling and name not in _private:
            _private.append(name)


def redacted(text: str) -> str:
    """A text without the names of people's files; where a name is a part of a longer one, that stays."""
    for name in sorted(list(_private), key=len, reverse=True):
        if name in text:
            text = re.sub(rf"(?<!\w)(?<!\w\.){re.escape(name)}(?!\w|\.\w)", LEFT_OUT, text)
    return text


def trace_of(error: BaseException | None) -> str:
    """The full trace of an error and causes; errors meant for people say their sentence without values."""
    text = "".join(traceback.format_exception(error)).rstrip() if error is not None else ""
    while error is not None:
        if isinstance(error, VitrineError):
            text = text.replace(str(error), error.text)
        error = error.__cause__ or error.__context__
    return text


def configuration(usual: str = "info") -> dict[str, Any]:
    """What ``logging.config.dictConfig`` takes.

    Args:
        usual: the level where ``VITRINE_LOG`` is not set, or is none.
    """
    ours = dict.fromkeys(OURS, (settings().log or usual).upper())
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{__name__}.{LineFormatter.__name__}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {name: {"level": level} for name, level in {**OTHERS, **ours}.items()},
    }


def set_up(usual: str = "info", source: Callable[[], Facts] | None = None) -> None:
    """Write the log of this process to its error stream.

    Args:
        usual: the level where ``VITRINE_LOG`` is not set.
        source: tells what a record is about, beside what ``about`` says.
    """
    logging.config.dictConfig(configuration(usual))
    if source is not None and source not in _sources:
        _sources.append(source)
    for warning in settings().warnings():
        logging.getLogger("vitrine").warning(warning)


def adopt(*families: str) -> None:
    """Let loggers with a library's own handlers write as all others do; their usual news is for "debug"."""
    debugging = logging.getLogger("vitrine").isEnabledFor(logging.DEBUG)
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and logger.handlers and name.split(".")[0] in families:
            logger.handlers.clear()
            logger.propagate = True
            logger.setLevel(logging.INFO if debugging else logging.WARNING)


def _short(value: object) -> str:
    return _DIGEST.sub(r"\1", str(value))


def _facts() -> dict[str, object]:
    found: dict[str, object] = {}
    for source in _sources:
        found.update(source())
    return {**found, **_about.get()}
