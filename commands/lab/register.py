"""Commands of the lab, as the command line has them; what they need is imported when they run."""

from pathlib import Path
from typing import Annotated

import typer

from commands import options as option
from commands.data.register import NeededData
from commands.lab.experiments_register import experiments
from commands.terminal import print_line, print_rows

Layers = Annotated[
    list[str] | None,
    typer.Option("--layer", help="NAME of a target layer; may be repeated. The best one without it."),
]
PoolingWord = Annotated[
    str,
    typer.Option("--pooling", help="mean of each channel, max of each four places, or flat: all places."),
]
Classifiers = Annotated[
    list[str] | None,
    typer.Option(
        "--classifier",
        help="linear, rbf, sigmoid, poly, logistic or knn; may be repeated. All of them without it.",
    ),
]
Shares = Annotated[
    list[float] | None,
    typer.Option("--pca", help="Share of the variance that PCA keeps, such as 0.95; 0: none. Repeatable."),
]
Strength = Annotated[
    float | None,
    typer.Option("--c", help="C, or the number of neighbours; chosen by cross-validation without it."),
]
Standardise = Annotated[
    bool, typer.Option("--standardise", help="Mean 0 and standard deviation 1 of each feature.")
]
Grid = Annotated[str, typer.Option("--grid", help="note-004: kernels, C, PCA and three depths in one table.")]
ResultsOut = Annotated[
    Path | None, typer.Option("--out", help="CSV, Parquet or LaTeX (.tex) file for the table.")
]
Admit = Annotated[
    str,
    typer.Option("--admit", help="Key under which the row chosen on the training part becomes a model."),
]


def add_lab_commands(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(transfer)
    app.add_typer(experiments, name="experiments")


def transfer(
    model: option.Model,
    data: NeededData,
    layer: Layers = None,
    pooling: PoolingWord = "mean",
    classifier: Classifiers = None,
    pca: Shares = None,
    strength: Strength = None,
    standardise: Standardise = False,
    grid: Grid = "",
    out: ResultsOut = None,
    admit: Admit = "",
    scheduler: option.Scheduler = None,
    as_json: option.Json = False,
) -> None:
    """Learn classifiers on features of a model from the training part of a data set, and ask them about its
    test part once. Features are kept: the same command goes on where it was stopped.
    """
    from commands.lab.grid import GridWords
    from commands.lab.transfer import TransferQuestion, short_rows, transfer_summary, transfer_table

    words = GridWords(tuple(classifier or ()), tuple(pca or (0.0,)), strength, pooling, standardise)
    facts = transfer_table(
        TransferQuestion(model, data, tuple(layer or ()), words, grid, out, admit, scheduler)
    )
    print_rows(short_rows(facts), as_json, facts)
    if not as_json:
        print_line(transfer_summary(facts))
