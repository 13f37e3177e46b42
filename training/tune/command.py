"""Command line: `python -m training tune`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from training.tune.search import SearchResult


def tune(
    data: Annotated[
        Path,
        typer.Option(
            "--data",
            help="Folder with one folder of pictures for each class, or a list in JSON.",
            exists=True,
        ),
    ],
    backbone: Annotated[
        str, typer.Option(help="efficientnet-lite0, or a network of keras.applications such as ResNet50.")
    ] = "efficientnet-lite0",
    weights: Annotated[
        str, typer.Option(help="imagenet (downloaded on first use) or none (random; everything is learnt).")
    ] = "imagenet",
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the model, its labels, its row and the logs.")
    ] = Path("runs/tuned"),
    size: Annotated[int, typer.Option(help="Side of the pictures as the network sees them, in px.")] = 160,
    batch: Annotated[int, typer.Option(help="Pictures per step.")] = 32,
    epochs: Annotated[int, typer.Option(help="Most passes over the pictures.")] = 20,
    search: Annotated[
        str, typer.Option(help="hyperband, bayesian, random, or none: one training of the first head.")
    ] = "hyperband",
    trials: Annotated[int, typer.Option(help="Heads that a Bayesian or random search tries.")] = 10,
    factor: Annotated[int, typer.Option(help="Hyperband keeps one trial of this many in each round.")] = 3,
    patience: Annotated[
        int, typer.Option(help="Passes without a better validation loss before a training stops.")
    ] = 4,
    validation: Annotated[float, typer.Option(help="Share of each class that decides.")] = 0.2,
    test: Annotated[float, typer.Option(help="Share of each class that is asked about once.")] = 0.2,
    classes: Annotated[
        list[str] | None, typer.Option("--class", help="Folder to take; may be repeated. All without it.")
    ] = None,
    most: Annotated[int, typer.Option(help="Pictures of each class; 0: all.")] = 0,
    seed: Annotated[int, typer.Option(help="For the split, the search and the weights.")] = 7,
    named: Annotated[str, typer.Option(help="What the data are called in the table.")] = "",
    threads: Annotated[int, typer.Option(help="Threads of the processor; 0: all.")] = 0,
    price: Annotated[bool, typer.Option("--price", help="Only say what it will take at most.")] = False,
) -> None:
    """Finds the best head on a pre-trained backbone for a folder of class folders, with Keras Tuner."""
    from training.common.threads import use_threads
    from training.tune.settings import TuneSettings

    settings = TuneSettings(
        data, out, backbone, weights, size, batch, epochs, factor, patience, validation, test, search, trials,
        tuple(classes or ()), most, seed, named,
    )  # fmt: skip
    use_threads(threads)
    from training.tune.search import priced, search_and_write

    if price:
        minutes = float(priced(settings).settings["price in seconds"]) / 60
        print(f"{settings.key}: at most about {minutes:.1f} minutes of this machine")
        return
    outcome = search_and_write(settings)
    print(f"{settings.out}: ended before it was done" if outcome is None else _said(settings.out, outcome))


def _said(out: Path, outcome: "SearchResult") -> str:
    figure = outcome.figures["accuracy"]
    return (
        f"{out / 'model.keras'}: {len(outcome.labels)} classes, accuracy {figure.value:.3f} "
        f"({figure.low:.3f} to {figure.high:.3f}) on the {figure.part} part"
    )
