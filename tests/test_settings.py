"""Settings: typed, read when they are needed, each wrong one by itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from engine.errors import SettingError
from settings import FORGIVEN, ROOT, VARIABLES, Settings, override, settings, table

READ = [
    ("admit", " @Example.org, ann@example.com ,", ("@example.org", "ann@example.com")),
    ("backend", "bf16", "bf16"),
    ("background", " OFF ", False),
    ("cache", "/var/cache", Path("/var/cache")),
    ("examine_seconds", "1", 1),
    ("limit_store", "0", 0),
    ("log", "Debug", "debug"),
    ("model_source", "a.b:C", "a.b:C"),
    ("open", ":0", True),
    ("own_days", "30", 30),
    ("pictures", "shelf", Path("shelf")),
    ("private", "on", True),
    ("scheduler", "tls://host:8786", "tls://host:8786"),
    ("scheduler_tls", "keys", Path("keys")),
    ("runs", "/var/runs", Path("/var/runs")),
    ("train", "on", True),
    ("trust_models", "on", True),
    ("trust_addresses", "on", True),
]
WRONG = [
    ("backend", "fast", "VITRINE_BACKEND is one of auto, tensorflow, bf16; received 'fast'."),
    ("examine_seconds", "0", "VITRINE_EXAMINE_SECONDS is a whole number of seconds; received '0'."),
    ("limit_store", "plenty", "VITRINE_LIMIT_STORE is a whole number of megabytes; received 'plenty'."),
    ("own_days", "-1", "VITRINE_OWN_DAYS is a whole number of days; received '-1'."),
    ("trust_models", "yes", "VITRINE_TRUST_MODELS is on or off; received 'yes'."),
]
DOUBTFUL = [
    ("background", "no", "VITRINE_BACKGROUND is on or off; received 'no'."),
    ("log", "loud", "VITRINE_LOG is one of debug, info, warning; received 'loud'."),
    ("metrics", "yes", "VITRINE_METRICS is on or off; received 'yes'."),
    ("private", "1", "VITRINE_PRIVATE is on or off; received '1'."),
    ("trust_addresses", "1", "VITRINE_TRUST_ADDRESSES is on or off; received '1'."),
]


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch):
    for name in VARIABLES.values():
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(("name", "text", "value"), READ)
def test_values_have_types(name, text, value):
    with override(**{name: text}):
        assert getattr(settings(), name) == value and settings().warnings() == []
    with override(**{name: ""}):
        assert settings() == Settings(), "empty is not set"


@pytest.mark.parametrize(("name", "text", "sentence"), WRONG)
def test_a_wrong_value_is_refused_where_it_is_needed(name, text, sentence):
    with override(**{name: text}, limit_models="7"):
        assert settings().limit_models == 7, "other settings are what they are"
        with pytest.raises(SettingError) as caught:
            getattr(settings(), name)
        assert str(caught.value) == sentence
        assert settings().warnings() == [f"{sentence} What needs it is refused."]


@pytest.mark.parametrize(("name", "text", "sentence"), DOUBTFUL)
def test_a_wrong_value_is_told_and_the_default_used(name, text, sentence):
    default = getattr(settings(), name)
    with override(**{name: text}):
        assert getattr(settings(), name) == default
        assert settings().warnings() == [f"{sentence} The default is used."]


def test_each_way_to_be_wrong_is_tried():
    assert {name for name, _, _ in DOUBTFUL} == FORGIVEN


def test_they_follow_the_environment(monkeypatch):
    before = settings()
    assert settings() is before, "read once as long as nothing changes"
    monkeypatch.setenv("VITRINE_LIMIT_STORE", "3")
    assert settings().limit_store == 3
    monkeypatch.delenv("VITRINE_LIMIT_STORE")
    assert settings() is before
    with pytest.raises(ValidationError, match="frozen"):
        before.limit_store = 4


@pytest.mark.processes
def test_an_override_reaches_children_and_ends(monkeypatch):
    monkeypatch.setenv("VITRINE_OWN_DAYS", "9")
    asked = [sys.executable, "-c", "import settings; s = settings.settings(); print(s.own_days, s.own_mb)"]
    with pytest.raises(ZeroDivisionError), override(own_days="1", own_mb="2"):
        child = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
        assert child.stdout == "1 2\n"
        raise ZeroDivisionError
    assert settings().own_days == 9 and "VITRINE_OWN_MB" not in os.environ
    with pytest.raises(KeyError, match="own_weeks"), override(own_weeks="1"):
        pass


def test_the_table_has_a_row_for_each():
    rows = table().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == sorted(VARIABLES.values())
    assert all(len(row.split(" | ")) == 3 and "None" not in row for row in rows)
