"""The log: one line for each record, what it is about, and nothing of a person."""

import logging
import re
import subprocess
import sys
from collections import deque

import numpy as np
import pytest

from compute.base import logs
from compute.base.errors import TaskError
from compute.base.logs import (
    CONTINUED,
    LEFT_OUT,
    LineFormatter,
    configuration,
    log_context,
    redact_names,
    trace_of,
)
from compute.cluster.processes import ROOT
from compute.work.predict import PredictOrder
from engine.errors import ModelError
from engine.images.picture import Picture
from tests.compute.conftest import toy_spec, wait_for

LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d (DEBUG|INFO|WARNING|ERROR|CRITICAL) "
    r"+\[[^\]]+\] [\w.]+: .+"
)


def written(text: str, *values: object, exc_info=None) -> str:
    return LineFormatter().format(
        logging.LogRecord("compute.test", logging.WARNING, "", 1, text, values, exc_info)
    )


def test_a_record_is_a_line_that_says_what_it_is_about():
    with log_context(session="a1b2c3", page="zones"), log_context(job="chunk-1"):
        line = written("it took %d s", 3)
    with log_context(task=("chunk-" + "0123456789abcdef" * 4, 8)):
        assert "[task=('chunk-0123456789ab', 8)]" in written("short")
    assert LINE.fullmatch(line) and line.endswith(
        "WARNING [session=a1b2c3 page=zones job=chunk-1] compute.test: it took 3 s"
    )
    assert "[-]" in written("tells nothing")


def test_no_text_can_look_like_a_record():
    forged = "first\n2026-01-01T00:00:00.000+00:00 ERROR [-] vitrine: forged\r\x1b[31m\u202e\udcff"
    lines = written("%s", forged).split("\n")
    assert LINE.fullmatch(lines[0]) and not any(LINE.match(line) for line in lines[1:])
    assert not {"\x1b", "\u202e", "\udcff"} & set("".join(lines))
    assert all(line.startswith(CONTINUED[1:]) for line in lines[1:])


def test_names_of_files_are_left_out_and_short_common_words_stay():
    redact_names("Aunt Ann in court.png", "picture")
    assert written("cannot draw %s of the picture", "Aunt Ann in court.png").endswith(
        f"cannot draw {LEFT_OUT} of the picture"
    )


@pytest.fixture
def no_names(monkeypatch):
    """No names are known yet."""
    monkeypatch.setattr(logs, "_private", deque(maxlen=2000))


@pytest.mark.usefixtures("no_names")
def test_names_that_are_figures_leave_figures_and_times_in_the_log():
    redact_names("0.0", "1.5", "3.2", "12.34", "20", ".", "..")
    line = written("0.0 of 1.5 s, 10.05, 3.2", exc_info=(ValueError, ValueError("1.5"), None))
    assert LEFT_OUT not in line and "0.0 of 1.5 s, 10.05, 3.2" in line and "ValueError: 1.5" in line
    assert LINE.fullmatch(line.split("\n")[0])


@pytest.mark.usefixtures("no_names")
def test_a_name_is_left_out_as_a_whole_and_of_messages_only():
    redact_names("compute.test", "s.t", "19850412.1", "ann.png")
    line = written("s.t of tests.tools, /tmp/ann.png, joann.png, ann.png.bak, 19850412.1. ann.png: no")
    told = f"{LEFT_OUT} of tests.tools, /tmp/{LEFT_OUT}, joann.png, ann.png.bak, {LEFT_OUT}. {LEFT_OUT}: no"
    assert line.endswith(f"compute.test: {told}")


@pytest.mark.usefixtures("no_names")
def test_a_name_is_left_out_of_a_trace_that_another_handler_has_written_before():
    redact_names("ann.png")
    error = ValueError("cannot draw ann.png")
    record = logging.LogRecord("compute.test", logging.ERROR, "", 1, "x", (), (ValueError, error, None))
    assert "ann.png" in logging.Formatter().format(record)
    assert "ann.png" not in LineFormatter().format(record)


def test_a_trace_is_full_but_for_the_values_of_sentences():
    whose = "patient " + "7"
    try:
        try:
            raise ModelError("The label {label} is unknown.", label=whose)
        except ModelError as error:
            raise KeyError("bug") from error
    except KeyError as error:
        text = written("it failed", exc_info=(KeyError, error, error.__traceback__))
    assert (
        "KeyError: 'bug'" in text
        and "The label {label} is unknown." in text
        and "test_logs.py" in text
        and "patient 7" not in text
    )
    assert trace_of(None) == ""


LEVELS = [
    ("", "info", "INFO"),
    ("", "warning", "WARNING"),
    ("Debug", "info", "DEBUG"),
    ("loud", "info", "INFO"),
]


@pytest.mark.parametrize(("given", "usual", "level"), LEVELS)
def test_levels(monkeypatch, given, usual, level):
    monkeypatch.setenv("VITRINE_LOG", given)
    assert configuration(usual)["loggers"]["compute"]["level"] == level


SCRIPT = """
import logging
other = logging.getLogger("streamlit.deep"); other.propagate = False
other.addHandler(logging.StreamHandler()); other.setLevel("INFO")
silenced = logging.getLogger("uvicorn.access"); silenced.propagate = False
from compute.base.logs import adopt, set_up
set_up(source=lambda: {"session": "abc"}); adopt("streamlit", "uvicorn")
assert not silenced.propagate; other.info("no")
other.warning("theirs"); logging.getLogger("compute.x").info("ours")
logging.getLogger("compute.x").debug("hidden")
"""


@pytest.mark.processes
def test_a_process_writes_all_lines_alike():
    environment = {"VITRINE_LOG": "loud", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    lines = done.stderr.splitlines()
    assert len(lines) == 3 and all(LINE.fullmatch(line) and "[session=abc]" in line for line in lines)
    assert "VITRINE_LOG is one of debug, info, warning; received 'loud'" in lines[0]


def test_a_failed_task_is_logged_with_its_job_and_without_the_name_of_the_file(queue, caplog):
    formatter = LineFormatter()
    caplog.handler.setFormatter(formatter)
    picture = Picture(np.full((48, 64, 3), 7, np.uint8), "Aunt Ann at home.png")
    redact_names(picture.name)
    job = queue.start(PredictOrder(toy_spec("broken").ref, picture))
    wait_for(lambda: job.finished, 60)
    assert isinstance(job.error, TaskError)
    assert (
        "[job=predict-" in caplog.text
        and "BreaksOnPurpose: on purpose" in caplog.text
        and "Aunt Ann" not in caplog.text
    )


def children_logs(dask_worker) -> list[tuple[str, str]]:
    """Formatter and level of the handlers of the root in a worker."""
    import logging as its_own

    return [
        (type(handler.formatter).__name__, its_own.getLevelName(its_own.getLogger("compute").level))
        for handler in its_own.root.handlers
    ]


def test_workers_write_lines_like_the_server(cluster):
    cluster.client().wait_for_workers(1)
    (found,) = cluster.client().run(children_logs).values()
    assert found == [("LineFormatter", "INFO")]
