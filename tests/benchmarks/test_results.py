"""The file of results: it has what parts give or print, whatever happens to one of them."""

import argparse
import inspect
import pickle
from importlib import import_module

import pytest

from benchmarks.effort import QUICK, Effort
from benchmarks.races.report import MODULES
from benchmarks.results import Results, read_sections


def test_sections_and_printed_figures_are_kept_in_one_file(tmp_path, capfd):
    path = tmp_path / "results.md"
    results = Results(True, path=path)
    results.add("table", lambda: "## A table\n")
    results.add("lines", lambda: print("5 s"))
    results.add("broken", lambda: 1 // 0)
    text = path.read_text("utf-8")
    places = [
        text.index(part)
        for part in ("## A table", "numpy", "## lines\n\n```text\n5 s\n```", "did not run: ZeroDivisionError")
    ]
    assert places == sorted(places) and "no measurement" not in text
    printed = capfd.readouterr().out
    assert "## A table" in printed and "5 s" in printed


def test_a_part_that_is_made_anew_takes_the_place_of_its_section(tmp_path):
    path, order = tmp_path / "results.md", ("table", "lines", "more")
    for name, text in (
        ("lines", "## Lines\n\nold\n"),
        ("more", "## More\n"),
        ("table", "## A table\n"),
        ("lines", "## Lines\n\nnew\n"),
    ):
        Results(True, order=order, path=path).add(name, lambda text=text: text)
    text = path.read_text("utf-8")
    assert list(read_sections(path)) == list(order) and "\nnew\n" in text and "\nold\n" not in text
    assert text.count("# Speed and memory") == 1 and text.count("load before it") == 3
    Results(True, order=order, path=path).add(
        "more", lambda: read_sections(path)["more"].partition("\n\n")[0] + "\n"
    )
    assert len(path.read_text("utf-8").splitlines()) == len(text.splitlines())


def test_a_small_run_says_so_and_writes_only_when_it_is_asked_for(tmp_path, capfd):
    Results(False, small=True, path=tmp_path / "results.md").add("table", lambda: "## A table\n")
    assert not list(tmp_path.iterdir()) and "no measurement" in capfd.readouterr().out


def test_what_is_asked_for_goes_before_what_is_quick():
    options = argparse.Namespace(model="streets-unet", grid=None, designs=16, rounds=None, quick=True)
    effort = Effort.of(options)
    assert (effort.model, effort.designs, effort.rounds, effort.grid) == ("streets-unet", 16, 1, 4)
    assert Effort() == Effort.of(
        argparse.Namespace(model=None, grid=None, designs=None, rounds=None, quick=False)
    )


@pytest.mark.parametrize("name", MODULES)
def test_every_part_has_rows_whose_contestants_can_be_sent_to_other_processes(name):
    module = import_module(f"benchmarks.races.{MODULES[name]}")
    races = module.races(QUICK)
    assert len({(race.name, race.theirs.name) for race in races}) == len(races)
    assert module.TITLE and module.remarks(QUICK)
    for race in races:
        for contestant in (race.ours, race.theirs):
            assert pickle.loads(pickle.dumps(contestant)) == contestant
            inspect.signature(contestant.make).bind(**contestant.options)
