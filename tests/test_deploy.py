"""Promises of docs/deploy.md about files, settings and the image, as far as can be tried without Docker."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from streamlit.config import get_config_options

from compute.cluster.child import SCRATCH_VARIABLE
from deploy.healthy import address
from settings import VARIABLES, table
from tests.layers.table import BY_NAME

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PAGE = (ROOT / "docs" / "deploy.md").read_text()
NOT_SERVED = {"training", "texts", "deploy", "tests", "benchmarks"}
SERVED = sorted(name for name in BY_NAME if name.partition(".")[0] not in NOT_SERVED)
SETTING = re.compile(r"VITRINE_[A-Z_]*[A-Z]")


def tracked(*patterns: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def in_image() -> list[str]:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    left_out = [line for line in lines if line and not line.startswith(("#", "**"))]
    return [
        name
        for name in tracked()
        if not any(name == place or name.startswith(f"{place}/") for place in left_out)
    ]


def served() -> dict[str, str]:
    """The source files of the server."""
    names = [name for name in tracked("*.py") if name.partition("/")[0].removesuffix(".py") in SERVED]
    return {name: (ROOT / name).read_text() for name in names}


def test_the_table_of_settings_is_the_one_of_the_code():
    assert table() in PAGE, "python -m settings prints it"
    told = {*VARIABLES.values(), SCRATCH_VARIABLE}
    assert set(SETTING.findall("".join(served().values()))) <= told <= set(SETTING.findall(PAGE))


PASS_IT_ON = {
    *("compute/cluster/child.py", "compute/cluster/processes.py"),
    *("compute/base/offspring.py", "compute/doctor/doctor.py", "compute/lab/starting.py"),
}
OF_LIBRARIES = {"model_store/base/runtime.py", "model_store/backends/openvino_forward.py"}


def test_settings_are_read_in_one_place():
    readers = {name for name, text in served().items() if "os.environ" in text}
    assert readers == {"settings.py", *PASS_IT_ON, *OF_LIBRARIES}


@pytest.mark.parametrize(
    "name", ["Dockerfile", *sorted(path.name for path in (ROOT / "deploy").iterdir() if path.is_file())]
)
def test_what_is_set_exists(name):
    text = DOCKERFILE if name == "Dockerfile" else (ROOT / "deploy" / name).read_text()
    assert set(SETTING.findall(text)) <= set(SETTING.findall(PAGE))
    known = {option.env_var for option in get_config_options().values()}
    assert set(re.findall(r"STREAMLIT_[A-Z_]*[A-Z]", text)) <= known


def test_links_of_the_page_lead_somewhere():
    for link in re.findall(r"\]\((\.\./[^)]+)\)", PAGE):
        assert (ROOT / "docs" / link).resolve().exists(), link


def test_the_image_is_not_run_by_root_and_asks_whether_it_is_well():
    lines = DOCKERFILE.splitlines()
    assert {line.split()[1] for line in lines if line.startswith("FROM")} == {"python:3.11-slim"}
    user = next(number for number, line in enumerate(lines) if line.startswith("USER"))
    assert lines[user] == "USER 10001:10001" and not any(
        line.startswith(("COPY", "ADD")) for line in lines[user:]
    )
    assert "HEALTHCHECK" in DOCKERFILE and "secrets.toml" in (ROOT / ".dockerignore").read_text()
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        assert all((ROOT / name).exists() for name in copied.split())


def test_the_health_check_asks_below_the_path(monkeypatch):
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", "9000")
    monkeypatch.setenv("STREAMLIT_SERVER_BASE_URL_PATH", "/demo/vitrine/")
    assert address() == "http://127.0.0.1:9000/demo/vitrine/_stcore/health"
    monkeypatch.delenv("STREAMLIT_SERVER_BASE_URL_PATH")
    assert address() == "http://127.0.0.1:9000/_stcore/health"


IMPORT_ALL = """
import pkgutil, importlib, sys
for room in sys.argv[1:]:
    package = importlib.import_module(room)
    for found in pkgutil.walk_packages(getattr(package, "__path__", []), f"{room}."):
        importlib.import_module(found.name)
assert not {"tests", "benchmarks", "training"} & sys.modules.keys()
"""


@pytest.mark.processes
def test_what_is_copied_is_all_that_the_server_needs(tmp_path):
    """The image's files and nothing else: each module can be imported, and the shipped models are there."""
    for name in in_image():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    assert not {"tests", "training", "docs", ".git"} & {path.name for path in tmp_path.iterdir()}
    light = [room for room in SERVED if room not in ("app", "pages", "cli", "model_store")]
    commands = [["-c", IMPORT_ALL, *light], ["cli.py", "models"]]
    for command in commands:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={"PATH": "/usr/bin:/bin"},
        )
        assert done.returncode == 0, done.stderr[-2000:]
    assert "streets-unet" in done.stdout


def test_uploads_fit_through_the_proxies():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    body = int(
        re.search(r"client_max_body_size (\d+)m;", (ROOT / "deploy" / "nginx.conf").read_text()).group(1)
    )
    assert (
        body >= config["server"]["maxUploadSize"]
        and f"max_size {body}MB" in (ROOT / "deploy" / "Caddyfile").read_text()
    )
    assert config["server"]["address"] == "127.0.0.1" and config["client"]["showErrorDetails"] == "none"
