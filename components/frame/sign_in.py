"""Signing in with Streamlit's own OpenID Connect: off, unless ``secrets.toml`` has a section ``[auth]``."""

import logging
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import streamlit as st
from streamlit import config

from components.session.guard import guard
from components.session.keys import LEAVES, forget, recall, remember
from components.words.i18n import _
from components.words.plain import as_code
from settings import settings

logger = logging.getLogger("vitrine")


def admitted() -> bool:
    """True if this person may see the pages, as all may without signing in; else the page says what to do.

    Secrets that are there and cannot be read shut the pages: they might have asked for it.
    """
    if not st.secrets.load_if_toml_exists():
        return not _unreadable_secrets()
    if "auth" not in st.secrets:
        return True
    if recall(LEAVES, False):
        st.logout()
        forget(LEAVES)
    if not st.user.is_logged_in:
        _ask()
        return False
    if not is_listed(str(st.user.get("email") or ""), is_verified(st.user.get("email_verified"))):
        _refuse()
        return False
    return True


def offer_sign_out() -> None:
    """Say at the end of the side bar who is signed in, if anybody is."""
    if st.secrets.load_if_toml_exists() and "auth" in st.secrets:
        with st.sidebar:
            st.divider()
            st.caption(_("Signed in as {who}.").format(who=_who()))
            _sign_out()


def _ask() -> None:
    st.title("Vitrine", anchor=False)
    if find_spec("authlib") is None:
        logger.error("secrets.toml has [auth], but Authlib is not installed")
        st.error(
            _(
                "Sign-in is set up on this server, but Authlib is not installed: nobody can sign "
                "in. docs/deploy.md has the command."
            )
        )
        return
    st.markdown(_("Please sign in to see this page."))
    for provider in _providers():
        title = _("Sign in with {provider}").format(provider=provider) if provider else _("Sign in")
        st.button(title, type="primary", on_click=_begin, args=(provider,), key=f"sign-in-{provider}")


def _begin(provider: str | None) -> None:
    with guard():
        st.login(provider)


def _providers() -> list[str | None]:
    """Names of the providers in ``[auth.NAME]``; the one of ``[auth]`` itself has none."""
    section = st.secrets["auth"]
    if "client_id" in section:
        return [None]
    return [name for name, value in section.items() if isinstance(value, Mapping) and name != "client_kwargs"]


def is_verified(claim: object) -> bool:
    """Whether a provider vouches for an address.

    Args:
        claim: what it says as ``email_verified``, which some write as a text; None where it says nothing.
    """
    return settings().trust_addresses if claim is None else claim is True or claim == "true"


def is_listed(address: str, verified: bool) -> bool:
    """Whether a person may come in.

    Args:
        address: what the provider says; empty where it says none.
        verified: whether it vouches that the address is theirs.
    """
    wanted = settings().admit
    theirs = address.lower() if address.isascii() else address  # the small form of the Kelvin sign is a "k"
    return not wanted or (
        verified and any(theirs == entry or (entry[0] == "@" and theirs.endswith(entry)) for entry in wanted)
    )


def _refuse() -> None:
    st.title("Vitrine", anchor=False)
    text = _(
        "You are signed in as {who}, who has no access here. Please use another account, or ask "
        "the administrator."
    )
    st.error(text.format(who=_who()))
    _sign_out()


def _who() -> str:
    """The address as plain text: a person may have called themselves anything."""
    return as_code(str(st.user.get("email") or st.user.get("name") or st.user.get("sub") or ""))


def _sign_out() -> None:
    st.button(_("Sign out"), on_click=remember, args=(LEAVES, True), key="sign-out")


def _unreadable_secrets() -> bool:
    if not any(Path(path).is_file() for path in config.get_option("secrets.files")):
        return False
    logger.error("secrets.toml cannot be read, so nobody is let in")
    st.error(
        _(
            "This server's secrets.toml cannot be read, so nobody can sign in. The administrator "
            "finds the reason in the log."
        )
    )
    return True
