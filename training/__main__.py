"""Command line: `python -m training teach | segment | export | held-out`."""

import os
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from engine.errors import VitrineError

app = typer.Typer(no_args_is_help=True, add_completion=False, help="How the shipped street models were made, and how to make one.")

ConfigOption = Annotated[Path, typer.Option("--config", help="TOML file of the run.", exists=True, dir_okay=False)]
DataOption = Annotated[Path, typer.Option("--data", help="Folder that the roots of the sources are below.")]
RunOption = Annotated[Path | None, typer.Option("--out", help="Folder of the run; default runs/NAME.")]
TeacherOption = Annotated[Path, typer.Option("--teacher", help="Folder of the teacher's answers.")]
_DATA, _TEACHER = Path("data"), Path("runs/teacher")


def _threads(number: int) -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if number:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(number)
        tf.config.threading.set_inter_op_parallelism_threads(1)


@app.command()
def teach(config: ConfigOption, data: DataOption = _DATA, out: TeacherOption = _TEACHER) -> None:
    """Computes what the teacher answers on the training pictures, once."""
    from training.config import read_config
    from training.teacher import teach as run_teacher

    for name, pictures in run_teacher(read_config(config), data, out).items():
        print(f"{name}: {pictures} pictures")


@app.command()
def segment(
    config: ConfigOption,
    data: DataOption = _DATA,
    out: RunOption = None,
    teacher: TeacherOption = _TEACHER,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the newest checkpoint of the run's folder.")] = False,
) -> None:
    """Trains a network on labelled pictures."""
    from training.checkpoint import checkpoint_file
    from training.config import read_config

    settings = read_config(config)
    _threads(settings.schedule.threads)
    from training.loop import Places, Run

    run = out or Path("runs") / settings.name
    if checkpoint_file(run).exists() and not resume:
        raise typer.BadParameter(f"{run} holds a run already: add --resume to go on with it, or choose another --out.")
    position = Run(settings, Places(data, run, teacher)).train()
    print(f"done: {position.step} steps in {position.seconds / 60:.1f} minutes")


@app.command()
def export(
    config: ConfigOption,
    data: DataOption = _DATA,
    out: RunOption = None,
    to: Annotated[Path | None, typer.Option(help="Folder to write; default model_store/weights/NAME.")] = None,
    figures: Annotated[bool, typer.Option(help="Measure the exported files on the reported pictures and write the card.")] = True,
) -> None:
    """Writes the newest checkpoint of a run as half-precision files with a model card."""
    _threads(0)
    from training import cards
    from training.config import read_config
    from training.export import export as write_files
    from training.export import exported_logits
    from training.held_out import results

    settings = read_config(config)
    folder = to or Path("model_store/weights") / settings.name
    parameters, position = write_files(settings, out or Path("runs") / settings.name, folder)
    print(f"{folder}: {parameters:,} parameters after {position.step} steps")
    if figures:
        facts = cards.Facts(str(config), parameters, position.step, position.seconds / 60, date.today().isoformat())
        found = results(settings, data, exported_logits(settings, folder))
        cards.write_card(folder, settings, facts, found)
        for result in found:
            print(f"{result.name}: mean IoU {result.figures.mean_iou:.3f}, pixel accuracy {result.figures.pixel_accuracy:.3f}")


@app.command()
def balance(config: ConfigOption, data: DataOption = _DATA, out: RunOption = None) -> None:
    """Prints the offsets for `balance` in the configuration that are best on the selection pictures of the first source."""
    _threads(0)
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from training.balance import best_offsets, collect
    from training.config import read_config
    from training.export import export as write_files
    from training.export import exported_logits
    from training.sources import all_samples

    settings = replace(read_config(config), balance={})
    with TemporaryDirectory() as folder:
        write_files(settings, out or Path("runs") / settings.name, Path(folder))
        chosen = [sample for sample in all_samples(settings, data, ["select"]) if sample.source.name == settings.sources[0].name]
        offsets = best_offsets(*collect(exported_logits(settings, Path(folder)), chosen), settings.weights)
    print("balance = { " + ", ".join(f"{name} = {offset:g}" for name, offset in offsets.items()) + " }")


@app.command("held-out")
def held_out(
    config: ConfigOption,
    data: DataOption = _DATA,
    out: Annotated[Path, typer.Option("--out", help="Folder to write.")] = Path("runs/held-out"),
) -> None:
    """Copies the pictures that the cards report on into folders of images and labels."""
    from training.config import read_config
    from training.held_out import gather

    for name, pictures in gather(read_config(config), data, out).items():
        print(f"{out / name}: {pictures} pictures")


def main() -> None:
    """Runs a command; what the user got wrong is one sentence and exit code 2."""
    try:
        app()
    except VitrineError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
