"""Commands that grade methods, as the command line has them; what they need is imported when they run."""

from pathlib import Path
from typing import Annotated

import typer

from commands import options as option
from commands.terminal import print_line, print_rows

Images = Annotated[Path | None, typer.Option("--images", help="Folder of pictures, also in folders below.")]
Methods = Annotated[
    list[str] | None,
    typer.Option("--method", help="Key of a method; may be repeated. All that fit the model without it."),
]
Top = Annotated[
    int, typer.Option("--top", min=1, help="So many best classes, or largest zones, of each image.")
]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, help="So many images at most, spread over all of them.")
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Folder for scores.parquet, summary.csv and summary.json; stopped anywhere, the same command "
        "goes on there. Nothing is kept without it.",
    ),
]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Print the table as docs/trust.md has it.")]

MOST_BANDS = 4
"""Columns of the terminal that have room for bands."""


def add_trust_commands(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command("evaluate-methods")(evaluate_methods)


def evaluate_methods(
    model: option.Model,
    images: Images = None,
    data: option.Data = "",
    split: option.Split = None,
    method: Methods = None,
    metric: option.Metrics = None,
    settings: option.Settings = None,
    top: Top = 1,
    limit: Limit = None,
    out: Out = None,
    scheduler: option.Scheduler = None,
    markdown: AsMarkdown = False,
    as_json: option.Json = False,
) -> None:
    """Grade methods on many images: which of them should be used for this model?

    Each metric has its own answer, with its uncertainty; no winner over all of them is named.
    """
    from commands.trust.evaluate_methods import EvaluateMethods, graded_methods, print_figures
    from commands.trust.method_figures import markdown_lines, shown_table

    chosen = tuple(method or ()), tuple(metric or ()), tuple(settings or ())
    asked = EvaluateMethods(model, images, data, split, *chosen, top, limit, out, scheduler)

    def warn(text: object) -> None:
        print_line(text, err=True)

    facts = graded_methods(asked, warn)
    if markdown:
        for line in markdown_lines(facts):
            print_line(line)
        return
    print_rows(shown_table(facts, MOST_BANDS), as_json, facts)
    if not as_json:
        print_figures(facts, print_line)
