"""Command line of the training: `python -m training COMMAND`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from engine.errors import VitrineError
from training.common.threads import use_threads
from training.tune.command import tune
from training.zoo.command import compare_grid, zoo

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="How the shipped models were made, and how to make one."
)

ConfigOption = Annotated[
    Path, typer.Option("--config", help="TOML file of the run.", exists=True, dir_okay=False)
]
DataOption = Annotated[Path, typer.Option("--data", help="Folder that the roots of the sources are below.")]
RunOption = Annotated[Path | None, typer.Option("--out", help="Folder of the run; default runs/NAME.")]
TeacherOption = Annotated[Path, typer.Option("--teacher", help="Folder of the teacher's answers.")]
_DATA, _TEACHER = Path("data"), Path("runs/teacher")


ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on from the newest checkpoint of the run's folder.")
]
WeightsOption = Annotated[
    Path | None, typer.Option("--to", help="Folder to write; default model_store/weights/NAME.")
]


@app.command()
def teach(config: ConfigOption, data: DataOption = _DATA, out: TeacherOption = _TEACHER) -> None:
    """Computes what the teacher answers on the training pictures, once."""
    use_threads(0)
    from training.tasks import find_task

    task, settings = find_task(config)
    _tell(task.teach(settings, data, out), out)


def _tell(counts: Mapping[str, int], folder: Path) -> None:
    for name, pictures in counts.items():
        print(f"{folder / name}: {pictures} pictures")


def _learn(
    config: ConfigOption,
    data: DataOption = _DATA,
    out: RunOption = None,
    teacher: TeacherOption = _TEACHER,
    resume: ResumeOption = False,
) -> None:
    from training.common.config import Places, read_table

    use_threads(read_table(config).get("schedule", {}).get("threads", 0))
    from training.common.fitting import BACKUP
    from training.tasks import find_task

    task, settings = find_task(config)
    run = out or Path("runs") / settings.name
    if (run / BACKUP).exists() and not resume:
        raise typer.BadParameter(
            f"{run} holds a run already: add --resume to go on with it, or choose another --out."
        )
    position = task.train(settings, Places(data, run, teacher))
    print(f"done: {position.step} steps in {position.seconds / 60:.1f} minutes of processor time")


app.command("segment", help="Trains a segmentation network on labelled pictures.")(_learn)
app.command("classify", help="Trains a classifier on folders of classes.")(_learn)


@app.command()
def export(
    config: ConfigOption,
    data: DataOption = _DATA,
    out: RunOption = None,
    to: WeightsOption = None,
    figures: Annotated[
        bool, typer.Option(help="Measure the exported files on the reported pictures and write the card.")
    ] = True,
) -> None:
    """Writes the newest checkpoint of a run as half-precision files with a model card."""
    use_threads(0)
    from training.tasks import ExportPlaces, ship

    ship(config, ExportPlaces(data, out, to), figures)


@app.command()
def card(config: ConfigOption, data: DataOption = _DATA, to: WeightsOption = None) -> None:
    """Measures what was exported once more and writes its model card anew."""
    use_threads(0)
    from training.tasks import ExportPlaces, write_card

    write_card(config, ExportPlaces(data, None, to))


@app.command()
def balance(config: ConfigOption, data: DataOption = _DATA, out: RunOption = None) -> None:
    """Prints the offsets for `balance` in the configuration that are best on the selection pictures."""
    use_threads(0)
    from training.segment.balance import best_offsets, collect_scores
    from training.segment.export import exported_logits
    from training.segment.sources import all_labelled
    from training.tasks import written

    with written(config, data, out) as (settings, folder):
        chosen = all_labelled(settings, data, ["select"])
        scores, truth = collect_scores(exported_logits(settings, folder), chosen)
        offsets = best_offsets(scores, truth, settings.weights)
    print("balance = { " + ", ".join(f"{name} = {offset:g}" for name, offset in offsets.items()) + " }")


@app.command("slim")
def slim_down(
    config: ConfigOption,
    to: Annotated[Path, typer.Option("--to", help="Folder to write.")],
    data: DataOption = _DATA,
    out: RunOption = None,
) -> None:
    """Writes the newest checkpoint of a U-Net with the channels that `[slim]` leaves, for one of kind `keras`
    to start from.
    """
    use_threads(0)
    from training.common.keras_files import read_keras, write_keras
    from training.slim.unet import deciding_pictures, slim
    from training.tasks import written

    with written(config, data, out) as (settings, folder):
        whole = read_keras(folder)
        narrow = slim(whole, settings.slim.widths, deciding_pictures(settings, data))
    print(f"{to}: {write_keras(narrow, to):,} of {whole.count_params():,} parameters")


@app.command()
def sizes(
    config: ConfigOption,
    data: DataOption = _DATA,
    out: RunOption = None,
    size: Annotated[
        list[int] | None, typer.Option(help="Side in px, once for each size; default 96 to 160.", min=32)
    ] = None,
) -> None:
    """Prints how often a classifier is right on the selection pictures at several sizes, for `input_size` in
    the configuration.
    """
    use_threads(0)
    from training.classify.export import exported_answer
    from training.classify.sizes import SIZES, measure_sizes, size_table
    from training.tasks import written

    with written(config, data, out) as (settings, folder):
        if not hasattr(settings, "input_size"):
            raise typer.BadParameter(f"{config} trains a segmentation network, which has no one size.")
        print(size_table(measure_sizes(exported_answer(folder), settings, data, size or SIZES)))


@app.command("held-out")
def held_out(
    config: ConfigOption,
    data: DataOption = _DATA,
    out: Annotated[Path, typer.Option("--out", help="Folder to write.")] = Path("runs/held-out"),
) -> None:
    """Copies the pictures that the cards report on into folders of images and labels, or of classes."""
    from training.tasks import find_task

    task, settings = find_task(config)
    _tell(task.gather(settings, data, out), out)


app.command("tune")(tune)
app.command("zoo")(zoo)
app.command("compare")(compare_grid)


def main() -> None:
    """Runs a command; what the user got wrong is one sentence and exit code 2."""
    try:
        app()
    except VitrineError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
