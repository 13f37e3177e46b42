"""Error boundary of page parts: the one place that turns errors into sentences."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import streamlit as st

from components.words.i18n import _, sentence
from components.words.plain import as_text
from engine.errors import VitrineError

Value = TypeVar("Value")
logger = logging.getLogger("vitrine")


@contextmanager
def guard() -> Iterator[None]:
    """Run a part of the page; what goes wrong is said in its place, and the rest of the page stays.

    An error meant for people is one sentence. Any other is a bug: generic words here, the trace in the log.
    """
    try:
        yield
    except VitrineError as error:
        say(error)
    except Exception:
        logger.exception("a part of the page failed")
        st.error(
            _(
                "Something went wrong on our side. Nothing is lost: please try again, or reload "
                "the page. The details are in the log."
            )
        )


def say(error: VitrineError) -> None:
    """Show an error's sentence, in which nothing is markup: its values are anybody's."""
    st.error(as_text(sentence(error)))


def attempt(action: Callable[..., Value], *args: Any, **options: Any) -> Value | VitrineError:
    """What an action gives, or the error that it raised for people."""
    try:
        return action(*args, **options)
    except VitrineError as error:
        return error
