"""Options and arguments of the command line, as types with their help."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from engine.errors import ParamsError

Model = Annotated[
    str,
    typer.Option("--model", help="Key of the model, as `models` lists it; KEY@grouped for its 8 categories."),
]
Image = Annotated[
    Path, typer.Option("--image", help="Picture file (JPEG, PNG, WebP, BMP, TIFF, GIF or HEIC).")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", help="NAME=VALUE of a parameter; may be repeated.")
]
Layer = Annotated[
    str | None,
    typer.Option(
        "--layer",
        help="Layer for Score-CAM or a gradient method: a NAME, for the latter also `usual` or `all`; "
        "the best one without it.",
    ),
]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", help="tls://... of a Dask cluster; in this process without it.")
]
RowsOut = Annotated[
    Path | None,
    typer.Option("--out", help="CSV or Parquet file: a row for each image of the data set."),
]
Markdown = Annotated[bool, typer.Option("--markdown", help="Print the table of docs/methods.md.")]
Models = Annotated[
    list[str] | None,
    typer.Option("--model", help="Key of a model; may be repeated. All that are here without it."),
]
OwnModel = Annotated[
    str,
    typer.Argument(
        help="A .keras, .h5, .onnx or .tflite file, OpenVINO as a .zip, a folder (SavedModel, Hugging Face), "
        "or owner/name of the Hub."
    ),
]
Title = Annotated[str, typer.Option("--title", help="Its name for people; that of the file without it.")]
Key = Annotated[str, typer.Option("--key", help="Its key for --model; made of the title without it.")]
Task = Annotated[
    str, typer.Option("--task", help="segmentation or classification; told by its output without it.")
]
Labels = Annotated[
    str,
    typer.Option(
        "--labels",
        help="Names of the classes: a text file, a known set (cityscapes, voc, imagenet, ade20k, coco, "
        "camvid, cifar10, cifar100, mnist, fashion, eurosat, pets, categories), or `numbers`.",
    ),
]
Preprocessing = Annotated[
    str,
    typer.Option(
        "--preprocessing",
        help="raw, unit, signed, caffe, torch, file, or MEAN/SCALE/ORDER; the likeliest without it.",
    ),
]
Size = Annotated[str, typer.Option("--size", help="HEIGHTxWIDTH, or SHORT-LONG/MULTIPLE to keep the aspect.")]
Answer = Annotated[
    str,
    typer.Option("--answer", help="logits, softmax or sigmoid; told by its graph or sums without it."),
]
Licence = Annotated[str, typer.Option("--licence", help="Terms of the weights.")]
Source = Annotated[str, typer.Option("--source", help="Where it comes from.")]
Link = Annotated[bool, typer.Option("--link", help="Link to the files in place of a copy.")]
Top = Annotated[int, typer.Option("--top", min=1, help="How many classes of a classifier, best first.")]
ExplanationFolder = Annotated[
    Path,
    typer.Option(
        "--out", help="Folder for arrays.npz, manifest.json and overlay.png, the map with its colour bar."
    ),
]
Method = Annotated[str, typer.Option("--method", help="Key of the method, as `methods` lists it.")]
Point = Annotated[
    str | None,
    typer.Option("--point", help="ROW,COL in pixels of the upright picture: the zone under it."),
]
OtherPoint = Annotated[
    str | None, typer.Option("--other", help="ROW,COL of a second zone, for --target shared-border.")
]
Target = Annotated[str, typer.Option("--target", help="zone, border or shared-border.")]
Class = Annotated[
    str | None, typer.Option("--class", help="NAME or INDEX for a classifier; its best class without it.")
]
Versus = Annotated[
    str | None, typer.Option("--versus", help="NAME or INDEX: why the class rather than this one.")
]
AllZones = Annotated[
    bool, typer.Option("--all-zones", help="Every zone and border of the picture, in one pass.")
]
Pictures = Annotated[
    Path,
    typer.Option("--images", help="Folder of pictures, also in folders below; links are not followed."),
]
BatchFolder = Annotated[
    Path, typer.Option("--out", help="Folder for scores.parquet and, in maps/, one NPZ for each picture.")
]
BatchTop = Annotated[
    int | None,
    typer.Option(
        "--top",
        min=1,
        help="So many best classes, or largest zones. Without it the best class; all zones and "
        "borders, or 5 zones if each costs runs.",
    ),
]
Graded = Annotated[
    bool, typer.Option("--grades", help="Grade each map by all metrics (docs/trust.md); costs runs for each.")
]
FeatureLayer = Annotated[
    str,
    typer.Option(
        "--layer", help="NAME of a layer, `usual` for those worth looking at, or `all` that have maps."
    ),
]
FeatureFolder = Annotated[
    Path, typer.Option("--out", help="Folder for arrays.npz, manifest.json, sheet.png and channels.csv.")
]
Attention = Annotated[
    str | None, typer.Option("--point", help="ROW,COL in pixels of the upright picture: whose attention.")
]
SameScale = Annotated[
    bool, typer.Option("--same-scale", help="One scale for all channels of a layer in sheet.png.")
]
FilterFolder = Annotated[
    Path,
    typer.Option(
        "--out",
        help="Folder for sheet.png, arrays.npz and manifest.json; one for each of several layers.",
    ),
]
FilterLayer = Annotated[
    str,
    typer.Option(
        "--layer", help="A NAME, `usual`, `all`, or `output` for the classes; the best one without it."
    ),
]
Channels = Annotated[
    str | None, typer.Option("--channels", help="Such as 0-63 or 3,5,8-12; the first 64 without it.")
]
MapPlace = Annotated[
    Path,
    typer.Option(
        "--map", help="A folder that `explain` wrote, or an NPZ or NPY array (rows, columns) of any tool."
    ),
]
Metrics = Annotated[
    list[str] | None,
    typer.Option("--metric", help="Key of a metric (docs/trust.md); may be repeated. All without it."),
]
SanityImages = Annotated[
    list[Path] | None,
    typer.Option("--image", help="Picture file; may be repeated. Samples that suit the model without it."),
]
SanityMethods = Annotated[
    list[str] | None,
    typer.Option("--method", help="Key of a method; may be repeated. All that fit the model without it."),
]
Seeds = Annotated[int, typer.Option("--seeds", help="Networks whose weights are all random.")]
Cascade = Annotated[
    int, typer.Option("--cascade", help="Random networks of each depth before that; 0 leaves them out.")
]
Shipped = Annotated[bool, typer.Option("--shipped", help="Show what came with Vitrine; nothing is run.")]
SanityOut = Annotated[Path | None, typer.Option("--out", help="JSON file for what is found.")]
Bundle = Annotated[Path, typer.Argument(help="Bundle (zip) that the page of the report gave.")]
ReplayImages = Annotated[
    list[Path] | None, typer.Option("--image", help="Picture that is not in the bundle; may be repeated.")
]
ReplayData = Annotated[
    list[Path] | None, typer.Option("--data", help="Folder of a data set of a finding; may be repeated.")
]
ReplayFolder = Annotated[
    Path | None,
    typer.Option("--out", help="Folder for the new explanations; nothing is written without it."),
]
LabelledPictures = Annotated[
    Path | None,
    typer.Option("--images", help="Folder of pictures; for a classifier of folders called as its classes."),
]
Data = Annotated[
    str, typer.Option("--data", help="Key of a data set, as `data list` lists it, or its folder.")
]
DataPlace = Annotated[str, typer.Argument(help="Key of a data set, as `data list` lists it, or its folder.")]
Split = Annotated[
    str | None, typer.Option("--split", help="Part of the data set, such as test; all of it without it.")
]
LabelFolder = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        help="For segmentation: folder of PNGs of class ids with the same names; 255 is ignored.",
    ),
]
Mapping = Annotated[
    str | None,
    typer.Option(
        "--mapping", help="camvid, cityscapes or idd: what the ids mean, if not the model's classes."
    ),
]


def with_layer(settings: Iterable[str] | None, layer: str | None) -> tuple[str, ...]:
    """Parameters as NAME=VALUE; the layer is one of them."""
    return (*(settings or ()), *([] if layer is None else [f"layer={layer}"]))


def setting_texts(settings: Iterable[str], example: str = "grid=8") -> dict[str, str]:
    """Parameters by name.

    Args:
        settings: texts NAME=VALUE.
        example: of one, for whoever has written none.

    Raises:
        ParamsError: a text has no equals sign.
    """
    found = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise ParamsError(
                "A setting is NAME=VALUE, such as {example}; received {setting!r}.",
                example=example,
                setting=setting,
            )
        found[name.strip()] = value.strip()
    return found
