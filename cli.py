"""Vitrine without a browser: the same models, methods and runs from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from engine.errors import VitrineError

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console()

ModelOption = Annotated[
    str,
    typer.Option("--model", help="Key of the model, as `models` lists it; KEY@grouped for its 8 categories."),
]
ImageOption = Annotated[
    Path, typer.Option("--image", help="Picture file (JPEG, PNG, WebP, BMP, TIFF, GIF or HEIC).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SettingsOption = Annotated[
    list[str] | None, typer.Option("--set", help="NAME=VALUE of a parameter; may be repeated.")
]
LayerOption = Annotated[
    str | None,
    typer.Option(
        "--layer",
        help="Layer for Score-CAM or a gradient method: a NAME, for the latter also `usual` or `all`; "
        "the best one without it.",
    ),
]
SchedulerOption = Annotated[
    str | None, typer.Option("--scheduler", help="tcp://... of a Dask cluster; in this process without it.")
]


def show(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Rows as JSON or as a table."""
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    table = Table(*rows[0]) if rows else Table()
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    console.print(table)


def _texts(settings: list[str] | None, layer: str | None) -> tuple[str, ...]:
    """Parameters as NAME=VALUE; the layer is one of them."""
    return (*(settings or ()), *([] if layer is None else [f"layer={layer}"]))


@app.command()
def models(as_json: JsonOption = False) -> None:
    """List the models of the catalogue."""
    from commands.listing import model_rows

    show(model_rows(details=as_json), as_json)


@app.command()
def methods(
    as_json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table of docs/methods.md.")] = False,
) -> None:
    """List the explanation methods with their parameters."""
    from commands.listing import method_rows, method_texts

    if markdown:
        typer.echo(method_texts(), nl=False)
    else:
        show(method_rows(details=as_json), as_json)


@app.command()
def prepare(
    model: Annotated[
        list[str] | None,
        typer.Option("--model", help="Key of a model; may be repeated. All that are here without it."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Convert, check and time models now rather than when each is loaded for the first time, and say what
    runs them.
    """
    from commands.prepare import prepare as prepared

    show(list(prepared(model or [])), as_json)


@app.command()
def doctor(
    model: Annotated[
        str,
        typer.Argument(
            help="A .keras or .h5 file, a folder (SavedModel, Hugging Face), or owner/name of the Hub."
        ),
    ],
    as_json: JsonOption = False,
) -> None:
    """Examine a model of your own in a process with limits, and say what is found."""
    from commands.doctor import examine_place, report_rows

    diagnosis = examine_place(model)
    if as_json:
        typer.echo(json.dumps(diagnosis.to_json(), indent=2))
    else:
        show(report_rows(diagnosis), False)


@app.command()
def admit(
    model: Annotated[
        str,
        typer.Argument(
            help="A .keras or .h5 file, a folder (SavedModel, Hugging Face), or owner/name of the Hub."
        ),
    ],
    title: Annotated[
        str, typer.Option("--title", help="Its name for people; that of the file without it.")
    ] = "",
    key: Annotated[
        str, typer.Option("--key", help="Its key for --model; made of the title without it.")
    ] = "",
    task: Annotated[
        str, typer.Option("--task", help="segmentation or classification; told by its output without it.")
    ] = "",
    labels: Annotated[
        str, typer.Option("--labels", help="cityscapes, imagenet, ade20k, categories, or a text file.")
    ] = "",
    preprocessing: Annotated[
        str,
        typer.Option(
            "--preprocessing",
            help="raw, unit, signed, caffe, torch, file, or MEAN/SCALE/ORDER; the likeliest without it.",
        ),
    ] = "",
    size: Annotated[
        str, typer.Option("--size", help="HEIGHTxWIDTH, or SHORT-LONG/MULTIPLE to keep the aspect.")
    ] = "",
    answer: Annotated[
        str,
        typer.Option("--answer", help="logits, softmax or sigmoid; told by its graph or sums without it."),
    ] = "",
    licence: Annotated[str, typer.Option("--licence", help="Terms of the weights.")] = "",
    source: Annotated[str, typer.Option("--source", help="Where it comes from.")] = "",
    link: Annotated[bool, typer.Option("--link", help="Link to the files in place of a copy.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Examine a model of your own and put it into the catalogue, for everybody who uses this server."""
    from commands.doctor import Said, admit_place

    said = Said(title, task, labels, preprocessing, size, answer, licence, source)
    show([admit_place(model, said, key, link)], as_json)


@app.command()
def predict(
    model: ModelOption,
    image: ImageOption,
    top: Annotated[
        int, typer.Option("--top", min=1, help="How many classes of a classifier, best first.")
    ] = 5,
    as_json: JsonOption = False,
) -> None:
    """Say what a model sees in a picture: its zones, largest first, or the best classes of a classifier."""
    from commands.predict import prediction_facts

    facts = prediction_facts(model, image, top)
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
    else:
        show(facts["zones"] if "zones" in facts else facts["top"], False)


@app.command()
def explain(
    model: ModelOption,
    image: ImageOption,
    out: Annotated[Path, typer.Option("--out", help="Folder for arrays.npz, manifest.json and overlay.png.")],
    method: Annotated[
        str, typer.Option("--method", help="Key of the method, as `methods` lists it.")
    ] = "sobol",
    point: Annotated[
        str | None,
        typer.Option("--point", help="ROW,COL in pixels of the upright picture: the zone under it."),
    ] = None,
    other: Annotated[
        str | None, typer.Option("--other", help="ROW,COL of a second zone, for --target shared-border.")
    ] = None,
    target: Annotated[str, typer.Option("--target", help="zone, border or shared-border.")] = "zone",
    class_name: Annotated[
        str | None, typer.Option("--class", help="NAME or INDEX for a classifier; its best class without it.")
    ] = None,
    versus: Annotated[
        str | None, typer.Option("--versus", help="NAME or INDEX: why the class rather than this one.")
    ] = None,
    layer: LayerOption = None,
    settings: SettingsOption = None,
    all_zones: Annotated[
        bool, typer.Option("--all-zones", help="Every zone and border of the picture, in one pass.")
    ] = False,
    scheduler: SchedulerOption = None,
) -> None:
    """Show what a class, a zone of a picture, or its border depends on."""
    from commands.explain import Question, explain_to_folder
    from commands.targets import TargetWords

    words = TargetWords(point, other, target, all_zones, class_name, versus)
    question = Question(model, image, method, _texts(settings, layer), words, scheduler)
    for row in explain_to_folder(question, out):
        typer.echo(row)


@app.command()
def batch(
    model: ModelOption,
    images: Annotated[
        Path,
        typer.Option("--images", help="Folder of pictures, also in folders below; links are not followed."),
    ],
    out: Annotated[
        Path, typer.Option("--out", help="Folder for scores.parquet and, in maps/, one NPZ for each picture.")
    ],
    method: Annotated[
        str, typer.Option("--method", help="Key of the method, as `methods` lists it.")
    ] = "sobol",
    top: Annotated[
        int | None,
        typer.Option(
            "--top",
            min=1,
            help="So many best classes, or largest zones. Without it the best class; all zones and "
            "borders, or 5 zones if each costs runs.",
        ),
    ] = None,
    layer: LayerOption = None,
    settings: SettingsOption = None,
    scheduler: SchedulerOption = None,
) -> None:
    """Explain all pictures of a folder.

    Stopped anywhere, the same command goes on there; a bad picture does not stop the rest.
    """
    from commands.batch import BatchQuestion, Stopped, explain_folder

    try:
        explain_folder(
            BatchQuestion(model, images, method, _texts(settings, layer), top, scheduler), out, typer.echo
        )
    except Stopped as stop:
        typer.echo(str(stop), err=True)
        raise typer.Exit(130) from stop


@app.command()
def features(
    model: ModelOption,
    image: ImageOption,
    layer: Annotated[
        str,
        typer.Option(
            "--layer", help="NAME of a layer, `usual` for those worth looking at, or `all` that have maps."
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", help="Folder for arrays.npz, manifest.json, sheet.png and channels.csv.")
    ],
    point: Annotated[
        str | None, typer.Option("--point", help="ROW,COL in pixels of the upright picture: whose attention.")
    ] = None,
    same: Annotated[
        bool, typer.Option("--same-scale", help="One scale for all channels of a layer in sheet.png.")
    ] = False,
    as_json: JsonOption = False,
    scheduler: SchedulerOption = None,
) -> None:
    """Write what the layers of a model make of a picture, before and after their activation, or what a place
    attends to.
    """
    from commands.features import FeatureQuestion, features_to_folder

    rows = list(features_to_folder(FeatureQuestion(model, image, layer, point, same, scheduler), out))
    show(rows, as_json)
    if not as_json:
        typer.echo(f"-> {out}")


@app.command()
def filters(
    model: ModelOption,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            help="Folder for sheet.png, arrays.npz and manifest.json; one for each of several layers.",
        ),
    ],
    layer: Annotated[
        str,
        typer.Option(
            "--layer", help="A NAME, `usual`, `all`, or `output` for the classes; the best one without it."
        ),
    ] = "",
    channels: Annotated[
        str | None, typer.Option("--channels", help="Such as 0-63 or 3,5,8-12; the first 64 without it.")
    ] = None,
    settings: SettingsOption = None,
    scheduler: SchedulerOption = None,
) -> None:
    """Draw what the filters of a layer look for; the page of filters then opens at once."""
    from commands.filters import FilterQuestion, draw_to_folder

    for row in draw_to_folder(FilterQuestion(model, layer, channels, tuple(settings or ()), scheduler), out):
        typer.echo(row)


@app.command()
def replay(
    bundle: Annotated[Path, typer.Argument(help="Bundle (zip) that the page of the report gave.")],
    image: Annotated[
        list[Path] | None, typer.Option("--image", help="Picture that is not in the bundle; may be repeated.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for the new explanations; nothing is written without it."),
    ] = None,
    scheduler: SchedulerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compute the explanations of a report again and compare them; the exit code is 1 if one of them is
    different.
    """
    from commands.replay import ReplayQuestion, good, summary
    from commands.replay import replay as replayed

    found = list(replayed(ReplayQuestion(bundle, tuple(image or ()), out, scheduler)))
    show([one.row() for one in found], as_json)
    for one in found:
        for sentence in one.said:
            typer.echo(f"{one.before.target.label} by {one.before.method}: {sentence}", err=True)
    typer.echo(summary(found), err=as_json)
    if not good(found):
        raise typer.Exit(1)


@app.command()
def evaluate(
    model: ModelOption,
    images: Annotated[
        Path,
        typer.Option(
            "--images", help="Folder of pictures; for a classifier of folders called as its classes."
        ),
    ],
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            help="For segmentation: folder of PNGs of class ids with the same names; 255 is ignored.",
        ),
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option(
            "--mapping", help="camvid, cityscapes or idd: what the ids mean, if not the model's classes."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure a model against labelled pictures."""
    from commands.evaluate import evaluate_model, figure_rows, summary

    facts = evaluate_model(model, images, labels, mapping)
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
        return
    show(figure_rows(facts), False)
    typer.echo(summary(facts))


def main() -> None:
    """Run the command; what a person can mend is one sentence and exit code 2."""
    from commands.logs import set_up_logs

    set_up_logs()
    try:
        app()
    except VitrineError as error:
        typer.echo(f"vitrine: {error}", err=True)
        sys.exit(2)
    except OSError as error:
        from commands.failures import said_of

        sentence = said_of(error)
        if sentence is None:
            raise
        typer.echo(f"vitrine: {sentence}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
