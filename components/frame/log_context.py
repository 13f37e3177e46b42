"""Context of log records of a visit: an untraceable tag of the session, its page and its model."""

import hashlib
import logging
import os

from streamlit.runtime.scriptrunner import get_script_run_ctx

from caching import LRUCache

SESSIONS = 1000
"""So many are remembered, the last ones."""

TAG_LETTERS = 6
_SALT = os.urandom(16)
_seen: LRUCache[dict[str, str]] = LRUCache(SESSIONS)
logger = logging.getLogger("vitrine")


def session_tag() -> str:
    """Six letters for the session of this thread, others after a restart; empty if it works for none."""
    context = get_script_run_ctx(suppress_warning=True)
    return hashlib.sha256(_SALT + context.session_id.encode()).hexdigest()[:TAG_LETTERS] if context else ""


def note(page: str, model: str) -> None:
    """Remember which page a session shows of which model; the log tells when that changes."""
    tag, facts = session_tag(), {"page": page, "model": model}
    changed = _seen.find(tag) != facts
    _seen.keep(tag, facts)
    if changed:
        logger.info("a page is opened")


def visit_facts() -> dict[str, str]:
    """What a record of this thread is about; nothing outside of a session."""
    tag = session_tag()
    return {"session": tag, **(_seen.find(tag) or {})} if tag else {}
