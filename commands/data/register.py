"""Commands about data sets, as the command line has them; what they need is imported when they run."""

from pathlib import Path
from typing import Annotated

import typer

from commands import options as option
from commands.terminal import print_line, print_rows

data_app = typer.Typer(help="Data sets: which there are, and what is in one.", no_args_is_help=True)

TwoModels = Annotated[
    list[str], typer.Option("--model", help="Key of a model; two of them, the first less the second.")
]
By = Annotated[
    str | None,
    typer.Option("--by", help="loss, confidence or margin of a classifier; iou of a segmentation model."),
]
Limit = Annotated[int, typer.Option("--limit", min=1, help="How many images are listed.")]
NeededData = Annotated[
    str, typer.Option("--data", help="Key of a data set, as `data list` lists it, or its folder.")
]
TableOut = Annotated[
    Path | None, typer.Option("--out", help="CSV or Parquet file for the table, as its name says.")
]
PointsOut = Annotated[
    Path, typer.Option("--out", help="CSV or Parquet file for the points, as its name says.")
]
TargetLayer = Annotated[
    str | None, typer.Option("--layer", help="NAME of a target layer; the best one without it.")
]
ConceptClass = Annotated[
    str, typer.Option("--class", help="Class of the model; of a segmentation model the class of the zones.")
]
ConceptCount = Annotated[
    int | None,
    typer.Option("--concepts", min=2, max=10, help="How many; as many as the images agree on without it."),
]
ConceptFolder = Annotated[
    Path | None, typer.Option("--out", help="New folder for a table, crops and all figures.")
]
TcavTarget = Annotated[
    str | None,
    typer.Option("--target", help="Class of the model; of a segmentation model the class of the zones."),
]
TcavVersus = Annotated[str | None, typer.Option("--versus", help="Class that the target is set against.")]
TcavImages = Annotated[
    str, typer.Option("--images", help="Key of a data set with images of the target, or its folder.")
]
TcavConcepts = Annotated[
    list[str],
    typer.Option("--concept", help="A texture, a folder, a ZIP, a data set or DATA:CLASS; again for more."),
]
TcavLayers = Annotated[
    list[str] | None, typer.Option("--layer", help="NAME of a target layer; again for more; the best one.")
]
TcavRandom = Annotated[
    str | None, typer.Option("--random", help="Data set of random images; that of --images without it.")
]
TcavCells = Annotated[
    str, typer.Option("--cells", help="Cells of 8 x 8, from 0, that are kept of concepts: 54,55,62,63.")
]
ZoneImage = Annotated[
    str | None, typer.Option("--image", help="Picture file, or name of an image of the data set.")
]
ZoneNumber = Annotated[
    int | None, typer.Option("--zone", min=1, help="Number of a zone of --image, 1 for the largest.")
]
OtherZone = Annotated[
    int | None, typer.Option("--with", min=1, help="Zone that shares its boundary: that is what is asked.")
]
Spatial = Annotated[bool, typer.Option("--spatial", help="A concept has a place in the image.")]
Layout = Annotated[str, typer.Option("--method", help="pca, pacmap, tsne or umap.")]
Dimensions = Annotated[int, typer.Option("--dimensions", min=2, max=3, help="2 or 3.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of everything that is drawn.")]


def add_data_commands(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.add_typer(data_app, name="data")
    app.command()(evaluate)
    app.command()(errors)
    app.command("compare-models")(compare_two)
    app.command()(embed)
    app.command()(concepts)
    app.command()(tcav)


def evaluate(
    model: option.Model,
    images: option.LabelledPictures = None,
    labels: option.LabelFolder = None,
    mapping: option.Mapping = None,
    data: option.Data = "",
    split: option.Split = None,
    out: option.RowsOut = None,
    scheduler: option.Scheduler = None,
    as_json: option.Json = False,
) -> None:
    """Measure a model against labelled pictures: a folder, or a data set."""
    from commands.data.evaluate import EvaluateQuestion, evaluate_model, evaluation_summary, figure_rows

    facts = evaluate_model(EvaluateQuestion(model, images, labels, mapping, data, split, scheduler, out))
    print_rows(figure_rows(facts), as_json, facts)
    if not as_json:
        print_line(evaluation_summary(facts))


def errors(
    model: option.Model,
    data: NeededData,
    split: option.Split = None,
    by: By = None,
    limit: Limit = 20,
    out: TableOut = None,
    scheduler: option.Scheduler = None,
    as_json: option.Json = False,
) -> None:
    """List the images of a data set that a model gets wrong, the worst first."""
    from commands.data.errors import ErrorsQuestion, errors_summary, list_errors
    from commands.data.tables import shown_rows

    facts = list_errors(ErrorsQuestion(model, data, split, by, limit, scheduler, out))
    print_rows(shown_rows(facts["images"]), as_json, facts)
    if not as_json:
        print_line(errors_summary(facts))


def compare_two(
    model: TwoModels,
    data: NeededData,
    split: option.Split = None,
    mapping: option.Mapping = None,
    out: TableOut = None,
    scheduler: option.Scheduler = None,
    as_json: option.Json = False,
) -> None:
    """Compare two models on the same images: differences with paired 95 % intervals, and McNemar's test."""
    from commands.data.compare import CompareQuestion, compare_models, difference_rows, difference_summary
    from commands.data.tables import shown_rows

    facts = compare_models(CompareQuestion(tuple(model), data, split, mapping, scheduler, out))
    print_rows(shown_rows(difference_rows(facts)), as_json, facts)
    if not as_json:
        print_line(difference_summary(facts))


def embed(
    model: option.Model,
    data: NeededData,
    out: PointsOut,
    split: option.Split = None,
    layer: TargetLayer = None,
    method: Layout = "pca",
    settings: option.Settings = None,
    dimensions: Dimensions = 2,
    seed: Seed = 0,
    scheduler: option.Scheduler = None,
    as_json: option.Json = False,
) -> None:
    """Lay out the images of a data set by the features of a layer, and say how far to trust the points."""
    from commands.data.embed import EmbedQuestion, embed_images, layout_lines

    texts = tuple(settings or ())
    asked = EmbedQuestion(model, data, out, split, layer, method, texts, dimensions, seed, scheduler)
    facts = embed_images(asked)
    if as_json:
        print_rows([], as_json, facts)
        return
    for line in layout_lines(facts, out):
        print_line(line)


def concepts(
    model: option.Model,
    data: NeededData,
    class_name: ConceptClass,
    split: option.Split = None,
    layer: TargetLayer = None,
    count: ConceptCount = None,
    out: ConceptFolder = None,
    image: ZoneImage = None,
    zone: ZoneNumber = None,
    scheduler: option.Scheduler = None,
    as_json: option.Json = False,
) -> None:
    """Find the concepts of a class, or of its zones, in a layer, and how far the class depends on each."""
    from commands.data.concepts import ConceptQuestion, concept_lines, find_class_concepts
    from commands.data.tables import shown_rows
    from commands.data.zones import zone_words

    of = zone_words(image, zone, None)
    facts = find_class_concepts(
        ConceptQuestion(model, data, class_name, split, layer, count, out, scheduler, of)
    )
    print_rows(shown_rows(facts["concepts"]), as_json, facts)
    for line in () if as_json else concept_lines(facts):
        print_line(line)


def tcav(
    model: option.Model,
    concept: TcavConcepts,
    images: TcavImages,
    target: TcavTarget = None,
    image: ZoneImage = None,
    zone: ZoneNumber = None,
    other: OtherZone = None,
    layer: TcavLayers = None,
    versus: TcavVersus = None,
    split: option.Split = None,
    random: TcavRandom = None,
    cells: TcavCells = "",
    spatial: Spatial = False,
    seed: Seed = 0,
    out: TableOut = None,
    scheduler: option.Scheduler = None,
    as_json: option.Json = False,
) -> None:
    """Test whether a class or a zone depends on concepts given by images, against random images (TCAV)."""
    from commands.data.tables import shown_rows
    from commands.data.tcav import Grounds, TcavQuestion, run_tcav, shown_tests, tcav_lines
    from commands.data.zones import zone_words

    grounds, of = Grounds(random, cells, spatial, seed), zone_words(image, zone, other)
    layers = tuple(layer or ())
    facts = run_tcav(
        TcavQuestion(
            model, images, target, tuple(concept), layers, versus, split, grounds, out, scheduler, of
        )
    )
    print_rows(shown_rows(shown_tests(facts)), as_json, facts)
    for line in () if as_json else tcav_lines(facts):
        print_line(line)


@data_app.command("list")
def list_data(out: TableOut = None, as_json: option.Json = False) -> None:
    """List the data sets: those that come with Vitrine, and the folders of VITRINE_DATA."""
    from commands.data.data_sets import data_set_rows
    from commands.data.tables import check_table_path, write_rows

    check_table_path(out)
    rows = data_set_rows()
    write_rows(rows, out)
    print_rows(rows, as_json)


@data_app.command("describe")
def describe(place: option.DataPlace, out: TableOut = None, as_json: option.Json = False) -> None:
    """Say what is in a data set: kind, classes, splits, digest; with --out a row for each image."""
    from commands.data.data_sets import describe_data, description_rows, item_rows
    from commands.data.tables import check_table_path, write_rows

    check_table_path(out)
    facts = describe_data(place)
    if out is not None:
        write_rows(item_rows(place), out)
    print_rows(description_rows(facts), as_json, facts)
