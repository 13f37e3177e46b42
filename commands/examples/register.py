"""Commands about examples, as the command line has them; what they need is imported when they run."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from commands import options as option
from commands.terminal import print_line, print_rows

Parts = Annotated[Literal["grid", "superpixels"], typer.Option("--parts", help="What is hidden.")]
Grid = Annotated[int, typer.Option("--grid", min=4, max=16, help="Rows and columns of the grid.")]
Unlike = Annotated[
    Path | None, typer.Option("--unlike", help="Picture whose parts replace those of the image.")
]
ChangedOut = Annotated[Path | None, typer.Option("--out", help="PNG file for the changed image.")]
Data = Annotated[
    str, typer.Option("--data", help="Key of a data set, as `data list` lists it, or its folder.")
]
Layer = Annotated[
    str | None, typer.Option("--layer", help="NAME of a target layer; the best one without it.")
]
ClassName = Annotated[
    str | None, typer.Option("--class", help="Class of the data set; all images without it.")
]
ZoneClass = Annotated[
    str | None, typer.Option("--zones", help="Class of a segmentation model: its zones, not whole images.")
]
Count = Annotated[int, typer.Option("--count", min=1, max=50, help="Prototypes, and as many criticisms.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of what is drawn where there are too many images.")]


def add_example_commands(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(counterfactual)
    app.command()(prototypes)


def counterfactual(
    model: option.Model,
    image: option.Image,
    out: ChangedOut = None,
    point: option.Point = None,
    class_name: option.Class = None,
    versus: option.Versus = None,
    parts: Parts = "grid",
    grid: Grid = 8,
    unlike: Unlike = None,
    settings: option.Settings = None,
    scheduler: option.Scheduler = None,
    as_json: option.Json = False,
) -> None:
    """Find the smallest part of a picture whose hiding changes the answer, and say whether that is proved."""
    from commands.examples.counterfactual import (
        CounterfactualQuestion,
        counterfactual_lines,
        find_counterfactual,
    )
    from commands.targets import TargetWords

    words, texts = TargetWords(point, None, "zone", False, class_name, versus), tuple(settings or ())
    asked = CounterfactualQuestion(model, image, out, parts, grid, unlike, texts, words, scheduler)
    facts = find_counterfactual(asked)
    if as_json:
        print_rows([], as_json, facts)
        return
    for line in counterfactual_lines(facts):
        print_line(line)


def prototypes(
    model: option.Model,
    data: Data,
    split: option.Split = None,
    layer: Layer = None,
    class_name: ClassName = None,
    zones: ZoneClass = None,
    count: Count = 6,
    seed: Seed = 0,
    scheduler: option.Scheduler = None,
    as_json: option.Json = False,
) -> None:
    """Find images, or zones, that stand for a class of a data set, and those that they do not stand for."""
    from commands.examples.prototypes import PrototypesQuestion, find_examples
    from compute.measure.examples.prototypes import PrototypeSpec

    spec = PrototypeSpec(count, count, seed)
    asked = PrototypesQuestion(model, data, split, layer, class_name, spec, scheduler, zones)
    facts = find_examples(asked)
    print_rows(facts["examples"], as_json, facts)
