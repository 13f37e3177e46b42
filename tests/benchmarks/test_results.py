"""What parts give or print ends in one file, whatever happens to one of them."""

from __future__ import annotations

import argparse
import inspect
import pickle
from importlib import import_module

import pytest

from benchmarks.effort import QUICK, Effort
from benchmarks.races import MODULES
from benchmarks.results import Results


def test_sections_and_printed_figures_are_kept_in_one_file(tmp_path, capfd):
    path = tmp_path / "results.md"
    results = Results(True, path=path)
    results.add("table", lambda: "## A table\n")
    results.add("lines", lambda: print("5 s"))
    results.add("broken", lambda: 1 // 0)
    text = path.read_text("utf-8")
    places = [text.index(part) for part in ("numpy", "## A table", "## lines\n\n```text\n5 s\n```", "did not run: ZeroDivisionError")]
    assert places == sorted(places) and "no measurement" not in text
    printed = capfd.readouterr().out
    assert "## A table" in printed and "5 s" in printed


def test_a_small_run_says_so_and_writes_only_when_it_is_asked_for(tmp_path, capfd):
    Results(False, small=True, path=tmp_path / "results.md").add("table", lambda: "## A table\n")
    assert not list(tmp_path.iterdir()) and "no measurement" in capfd.readouterr().out


def test_what_is_asked_for_goes_before_what_is_quick():
    options = argparse.Namespace(model="streets-unet", grid=None, designs=16, rounds=None, quick=True)
    effort = Effort.of(options)
    assert (effort.model, effort.designs, effort.rounds, effort.grid) == ("streets-unet", 16, 1, 4)
    assert Effort() == Effort.of(argparse.Namespace(model=None, grid=None, designs=None, rounds=None, quick=False))


@pytest.mark.parametrize("name", MODULES)
def test_every_part_has_rows_whose_contestants_can_be_sent_to_other_processes(name):
    module = import_module(f"benchmarks.{MODULES[name]}")
    races = module.races(QUICK)
    assert len({(race.name, race.theirs.name) for race in races}) == len(races)
    assert module.TITLE and module.remarks(QUICK)
    for race in races:
        for contestant in (race.ours, race.theirs):
            assert pickle.loads(pickle.dumps(contestant)) == contestant
            inspect.signature(contestant.make).bind(**contestant.options)
