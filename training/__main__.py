"""Command line of the training: `python -m training COMMAND`."""

from pathlib import Path
from typing import Annotated, Any

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


def _is_classifier(config: Path) -> bool:
    from training.classify.config import TASK
    from training.common.config import read_table

    return read_table(config).get("task") == TASK


@app.command()
def teach(config: ConfigOption, data: DataOption = _DATA, out: TeacherOption = _TEACHER) -> None:
    """Computes what the teacher answers on the training pictures, once."""
    if _is_classifier(config):
        use_threads(1)
        from training.classify.config import read_config as read_classifier
        from training.classify.teacher import teach as ask_tutor

        counts = ask_tutor(read_classifier(config), data, out)
    else:
        from training.segment.config import read_config
        from training.segment.teacher import compute_soft_targets as ask_teacher

        counts = ask_teacher(read_config(config), data, out)
    for name, pictures in counts.items():
        print(f"{name}: {pictures} pictures")


ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on from the newest checkpoint of the run's folder.")
]


def _places(name: str, data: Path, out: Path | None, teacher: Path, resume: bool) -> Any:
    """Folders of a run; one that holds a run already is used only to go on with it."""
    from training.common.checkpoint import checkpoint_file
    from training.common.loop import Places

    run = out or Path("runs") / name
    if checkpoint_file(run).exists() and not resume:
        raise typer.BadParameter(
            f"{run} holds a run already: add --resume to go on with it, or choose another --out."
        )
    return Places(data, run, teacher)


def _report(position: Any) -> None:
    print(f"done: {position.step} steps in {position.seconds / 60:.1f} minutes")


@app.command()
def segment(
    config: ConfigOption,
    data: DataOption = _DATA,
    out: RunOption = None,
    teacher: TeacherOption = _TEACHER,
    resume: ResumeOption = False,
) -> None:
    """Trains a segmentation network on labelled pictures."""
    from training.segment.config import read_config

    settings = read_config(config)
    use_threads(settings.schedule.threads)
    from training.segment.run import Run

    _report(Run(settings, _places(settings.name, data, out, teacher, resume)).train())


@app.command()
def classify(
    config: ConfigOption,
    data: DataOption = _DATA,
    out: RunOption = None,
    teacher: TeacherOption = _TEACHER,
    resume: ResumeOption = False,
) -> None:
    """Trains a classifier on folders of classes."""
    from training.classify.config import LINEAR, read_config

    settings = read_config(config)
    use_threads(settings.schedule.threads)
    if settings.body.kind == LINEAR:
        from training.transfer.linear import fit_head

        _report(fit_head(settings, data, out or Path("runs") / settings.name))
        return
    from training.classify.run import ClassifierRun

    _report(ClassifierRun(settings, _places(settings.name, data, out, teacher, resume)).train())


WeightsOption = Annotated[
    Path | None, typer.Option("--to", help="Folder to write; default model_store/weights/NAME.")
]


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
    from training.exports import ExportPlaces, ship_classifier, ship_segmenter

    write = ship_classifier if _is_classifier(config) else ship_segmenter
    write(config, ExportPlaces(data, out, to), figures)


@app.command()
def card(config: ConfigOption, data: DataOption = _DATA, to: WeightsOption = None) -> None:
    """Measures what was exported once more and writes its model card anew."""
    use_threads(0)
    from training.exports import ExportPlaces, card_of_classifier, card_of_segmenter

    write = card_of_classifier if _is_classifier(config) else card_of_segmenter
    write(config, ExportPlaces(data, None, to))


@app.command()
def balance(config: ConfigOption, data: DataOption = _DATA, out: RunOption = None) -> None:
    """Prints the offsets for `balance` in the configuration that are best on the selection pictures."""
    use_threads(0)
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from training.segment.balance import best_offsets, collect_scores
    from training.segment.config import read_config
    from training.segment.export import export_segmenter as write_files
    from training.segment.export import exported_logits
    from training.segment.sources import all_labelled

    settings = replace(read_config(config), balance={})
    with TemporaryDirectory() as folder:
        write_files(settings, out or Path("runs") / settings.name, Path(folder))
        chosen = all_labelled(settings, data, ["select"])
        scores, truth = collect_scores(exported_logits(settings, Path(folder)), chosen)
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
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from training.common.keras_files import read_keras, write_keras
    from training.segment.config import read_config
    from training.segment.export import export_segmenter as write_files
    from training.slim.unet import deciding_pictures, slim

    settings = replace(read_config(config), balance={})
    with TemporaryDirectory() as folder:
        whole, _ = write_files(settings, out or Path("runs") / settings.name, Path(folder))
        narrow = slim(read_keras(Path(folder)), settings.slim.widths, deciding_pictures(settings, data))
    print(f"{to}: {write_keras(narrow, to):,} of {whole:,} parameters")


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
    if not _is_classifier(config):
        raise typer.BadParameter(
            f"{config} trains a segmentation network, which has no one size: `sizes` is for classifiers."
        )
    use_threads(0)
    from tempfile import TemporaryDirectory

    from training.classify.config import read_config
    from training.classify.export import export_classifier as write_files
    from training.classify.export import exported_answer
    from training.classify.sizes import SIZES, measure_sizes, size_table

    settings = read_config(config)
    with TemporaryDirectory() as folder:
        write_files(settings, data, out or Path("runs") / settings.name, Path(folder))
        print(size_table(measure_sizes(exported_answer(Path(folder)), settings, data, size or SIZES)))


@app.command("held-out")
def held_out(
    config: ConfigOption,
    data: DataOption = _DATA,
    out: Annotated[Path, typer.Option("--out", help="Folder to write.")] = Path("runs/held-out"),
) -> None:
    """Copies the pictures that the cards report on into folders of images and labels, or of classes."""
    if _is_classifier(config):
        from training.classify.config import read_config as read_classifier
        from training.classify.held_out import gather_classes as gather_classes

        counts = gather_classes(read_classifier(config), data, out)
    else:
        from training.segment.config import read_config
        from training.segment.held_out import gather

        counts = gather(read_config(config), data, out)
    for name, pictures in counts.items():
        print(f"{out / name}: {pictures} pictures")


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
