"""The commands of `experiments`; what they need is imported when they run."""

from pathlib import Path
from typing import Annotated

import typer

from commands import options as option
from commands.terminal import print_line, print_rows

experiments = typer.Typer(
    no_args_is_help=True, help="List, compare and export experiments, and start, pause or stop trainings."
)

RunKey = Annotated[str, typer.Argument(help="Key of an experiment, as `list` shows it.")]
OtherKey = Annotated[str, typer.Argument(help="Key of another one.")]
Sort = Annotated[str, typer.Option("--sort", help="Column: accuracy, miou, seconds, one_ms, started ...")]
KindWord = Annotated[str, typer.Option("--kind", help="segment, classify, transfer or tune; all without it.")]
Search = Annotated[str, typer.Option("--of", help="Key of a search: its trials.")]
TableOut = Annotated[Path, typer.Argument(help="CSV, Parquet or LaTeX (.tex) file.")]


@experiments.command("list")
def list_experiments(
    sort: Sort = "", kind: KindWord = "", of: Search = "", as_json: option.Json = False
) -> None:
    """List all experiments, or the trials of a search, the newest first."""
    from commands.lab.experiments import listed_runs, run_rows
    from compute.lab.table import plain_rows

    runs = listed_runs(sort, kind, of)
    if not runs and not as_json:
        print_line("There are no experiments yet. `transfer` and `python -m training tune` make some.")
        return
    print_rows(run_rows(runs), as_json, {"experiments": plain_rows(runs)})


@experiments.command("show")
def show_run(key: RunKey, as_json: option.Json = False) -> None:
    """Show all that is known of an experiment, and its learning curves."""
    from commands.lab.experiments import curve_rows, fact_rows, run_facts

    facts = run_facts(key)
    print_rows(fact_rows(facts), as_json, facts)
    if facts["curves"] and not as_json:
        print_rows(curve_rows(facts["curves"]), False)


@experiments.command("compare")
def compare_run(first: RunKey, second: OtherKey, as_json: option.Json = False) -> None:
    """Compare two experiments: what differs, and the difference with its interval on the same images."""
    from commands.lab.experiments import comparison_facts, comparison_line, comparison_rows

    facts = comparison_facts(first, second)
    print_rows(comparison_rows(facts), as_json, facts)
    if not as_json:
        print_line(comparison_line(facts))


@experiments.command("export")
def export_run(out: TableOut, sort: Sort = "", kind: KindWord = "") -> None:
    """Write the table as CSV, Parquet or LaTeX."""
    from commands.lab.experiments import export_runs

    print_line(f"{export_runs(out, sort, kind)} experiments -> {out}")


@experiments.command("pause")
def pause_run(key: RunKey) -> None:
    """Ask a training to pause after the batch that it is at; the same command that began it goes on."""
    _wish(key, "pause")


@experiments.command("stop")
def stop_run(key: RunKey) -> None:
    """Ask a training to end after the batch that it is at."""
    _wish(key, "stop")


def _wish(key: str, wish: str) -> None:
    from compute.lab.wishes import ask_for

    print_line(ask_for(key, wish))
