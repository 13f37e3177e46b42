"""Commands: `python -m training zoo` and `python -m training compare`."""

from pathlib import Path
from typing import Annotated

import typer

from training.common.threads import use_threads

ConfigPath = Annotated[
    Path, typer.Option("--config", help="TOML file with [zoo] and [[sources]].", exists=True, dir_okay=False)
]
GridPath = Annotated[
    Path, typer.Option("--grid", help="TOML file with [zoo], [[runs]], [[sources]].", exists=True)
]
DataPath = Annotated[Path, typer.Option("--data", help="Folder that the roots of the sources are below.")]
OutPath = Annotated[
    Path | None, typer.Option("--out", help="Folder of the runs; default that of all experiments.")
]
Changes = Annotated[
    list[str] | None, typer.Option("--set", help="Another entry of [zoo], as NAME=VALUE; may be repeated.")
]
Seed = Annotated[int | None, typer.Option(help="Another seed than the file's, for weights and order.")]
_DATA = Path("data")


def zoo(
    config: ConfigPath,
    data: DataPath = _DATA,
    out: OutPath = None,
    change: Changes = None,
    seed: Seed = None,
) -> None:
    """Trains a decoder on a backbone; the same command goes on where it was ended."""
    from dataclasses import replace

    from experiments.folders import runs_folder
    from training.zoo.config import read_zoo

    asked = read_zoo(config, change or ())
    asked = asked if seed is None else replace(asked, seed=seed)
    use_threads(asked.zoo.threads)
    from training.zoo.compare import markdown_table
    from training.zoo.run import train_zoo

    row = train_zoo(asked, data, (out or runs_folder()) / asked.name)
    print("\n".join(markdown_table([row])) if row.figures else f"{row.key}: {row.state}")


def compare_grid(grid: GridPath, data: DataPath = _DATA, out: OutPath = None, change: Changes = None) -> None:
    """Trains the runs of a grid, each once and with the same budget, and writes one table."""
    from experiments.folders import runs_folder
    from training.zoo.config import read_grid

    asked, folder = read_grid(grid, change or ()), out or runs_folder()
    use_threads(asked.runs[0].zoo.threads)
    from training.zoo.compare import markdown_table, pair_lines, train_grid, write_grid_table

    rows = train_grid(asked, data, folder)
    write_grid_table(rows, folder / f"{asked.name}.csv")
    print("\n".join(markdown_table(rows)))
    if len(rows) == len(asked.runs):
        print("\n".join(pair_lines(asked, folder)))
