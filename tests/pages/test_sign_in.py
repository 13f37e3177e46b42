"""Signing in is off, unless the server's secrets ask for it; then strangers see nothing."""

import pytest
from streamlit.testing.v1 import AppTest

from components.frame import sign_in
from tests.pages.visits import APP, Visit

SECRETS = {"auth": {"client_id": "vitrine", "cookie_secret": "s", "client_kwargs": {"prompt": "login"}}}
ANN = {"is_logged_in": True, "email": "Ann@Example.org", "email_verified": True}


def opened(user: dict[str, object], secrets=SECRETS) -> AppTest:
    at = AppTest.from_file(APP, default_timeout=120)
    at.secrets, at.user = secrets, user
    return at.run()


def names(at: AppTest) -> list[str]:
    return [button.label for button in at.button]


def is_shut(at: AppTest) -> bool:
    return not at.exception and not at.selectbox and not at.caption and "_choice" not in at.session_state


def test_without_the_section_nothing_is_asked():
    page = Visit("home")
    assert page.at.selectbox and not {"Sign in", "Sign out"} & set(names(page.at))
    assert not is_shut(opened({"is_logged_in": False}, {"other": {"password": "x"}}))


def test_strangers_see_nothing():
    at = opened({"is_logged_in": False})
    assert is_shut(at) and names(at) == ["Sign in"]


def test_several_providers_have_a_button_each():
    secrets = {"auth": {"cookie_secret": "s", "one": {"client_id": "a"}, "two": {"client_id": "b"}}}
    assert names(opened({"is_logged_in": False}, secrets)) == ["Sign in with one", "Sign in with two"]


LISTED = [
    ("", "ann@example.org", True, True),
    ("bob@x.org, ann@example.org", "Ann@Example.org", True, True),
    ("@example.org", "ann@example.org", True, True),
    ("@ample.org,example.org", "ann@example.org", True, False),
    ("@example.org", "ann@example.org", False, False),
    ("@example.org", "", True, False),
    ("kim@example.org", "\u212aim@example.org", True, False),  # the Kelvin sign, whose small form is a "k"
]


@pytest.mark.parametrize(("listed", "address", "verified", "inside"), LISTED)
def test_who_is_listed(monkeypatch, listed, address, verified, inside):
    monkeypatch.setenv("VITRINE_ADMIT", listed)
    assert sign_in.is_listed(address, verified) == inside


CLAIMS = [
    (True, True, True),
    ("true", True, True),
    (None, False, True),
    (False, False, False),
    ("false", False, False),
    ("yes", False, False),
    (1, False, False),
]


@pytest.mark.parametrize(("claim", "verified", "trusting"), CLAIMS)
def test_an_address_is_verified_when_the_provider_says_so(monkeypatch, claim, verified, trusting):
    assert sign_in.is_verified(claim) == verified
    monkeypatch.setenv("VITRINE_TRUST_ADDRESSES", "on")
    assert sign_in.is_verified(claim) == trusting


def test_without_the_claim_nobody_comes_in_unless_the_owner_trusts_addresses(monkeypatch):
    monkeypatch.setenv("VITRINE_ADMIT", "@example.org")
    unclaimed = {name: value for name, value in ANN.items() if name != "email_verified"}
    assert is_shut(opened(unclaimed))
    monkeypatch.setenv("VITRINE_TRUST_ADDRESSES", "on")
    assert not is_shut(opened(unclaimed)) and is_shut(opened({**ANN, "email_verified": False}))


def test_who_is_listed_comes_in_and_others_are_told(monkeypatch):
    monkeypatch.setenv("VITRINE_ADMIT", "@example.org")
    inside, outside = opened(ANN), opened({"is_logged_in": True, "name": "`<b>Ann@example.org</b>"})
    assert not is_shut(inside) and "Sign out" in names(inside)
    assert (
        is_shut(outside) and names(outside) == ["Sign out"] and "has no access here" in outside.error[0].value
    )


def test_without_authlib_nobody_comes_in(monkeypatch):
    monkeypatch.setattr(sign_in, "find_spec", lambda name: None)
    at = opened({"is_logged_in": False})
    assert is_shut(at) and "Authlib is not installed" in at.error[0].value and names(at) == []


def test_secrets_that_cannot_be_read_shut_the_pages(monkeypatch, tmp_path):
    broken = tmp_path / "secrets.toml"
    broken.write_text("[auth\n")
    others = sign_in.config.get_option
    monkeypatch.setattr(
        sign_in.config, "get_option", lambda name: [str(broken)] if name == "secrets.files" else others(name)
    )
    at = AppTest.from_file(APP, default_timeout=120).run()
    assert is_shut(at) and "secrets.toml cannot be read" in at.error[0].value
