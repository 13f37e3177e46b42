"""Command line: `python -m training tune`."""

from pathlib import Path
from typing import Annotated

import typer


def tune(
    data: Annotated[
        Path,
        typer.Option(
            "--data", help="Folder with one folder of pictures for each class.", exists=True, file_okay=False
        ),
    ],
    backbone: Annotated[
        str, typer.Option(help="A network of keras.applications, such as MobileNetV2 or ResNet50.")
    ] = "MobileNetV2",
    weights: Annotated[
        str, typer.Option(help="imagenet (downloaded on first use) or none (random; everything is learnt).")
    ] = "imagenet",
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the model, its labels, the report and the logs.")
    ] = Path("runs/tuned"),
    size: Annotated[int, typer.Option(help="Side of the pictures as the network sees them, in px.")] = 160,
    batch: Annotated[int, typer.Option(help="Pictures per step.")] = 32,
    epochs: Annotated[int, typer.Option(help="Most passes over the pictures.")] = 20,
    factor: Annotated[int, typer.Option(help="Hyperband keeps one trial of this many in each round.")] = 3,
    patience: Annotated[
        int, typer.Option(help="Passes without a better validation loss before a training stops.")
    ] = 4,
    validation: Annotated[float, typer.Option(help="Share of each class that is not learnt from.")] = 0.2,
    seed: Annotated[int, typer.Option(help="For the split, the search and the weights.")] = 7,
) -> None:
    """Finds the best head on a pre-trained backbone for a folder of class folders, with Keras Tuner."""
    from training.tune.settings import TuneSettings

    settings = TuneSettings(
        data, out, backbone, weights, size, batch, epochs, factor, patience, validation, seed
    )
    from training.tune.report import best_pass
    from training.tune.search import MODEL, search_and_write

    outcome = search_and_write(settings)
    accuracy = outcome.history["val_accuracy"][best_pass(outcome.history)]
    print(
        f"{settings.out / MODEL}: {len(outcome.labels)} classes, validation accuracy "
        f"{accuracy:.3f}; see {settings.out / 'report.md'}"
    )
