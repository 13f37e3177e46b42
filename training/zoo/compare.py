"""A grid of trainings with one table: each run once, then their times by turns, then the table."""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras

from experiments.folders import read_experiment, write_experiment
from experiments.record import Experiment, ExperimentFigure
from training.common.timing import time_models
from training.zoo.config import ZooGrid
from training.zoo.run import MODEL, train_zoo
from training.zoo.scoring import compare_counts

Say = Callable[[str], None]
COLUMNS = (
    "name", "decoder", "backbone", "weights", "loss", "parameters", "bytes", "epochs", "processor_seconds",
    "miou", "miou_low", "miou_high", "dice", "dice_low", "dice_high", "one_ms", "eight_ms",
)  # fmt: skip


def train_grid(grid: ZooGrid, data: Path, folder: Path, say: Say = print) -> list[Experiment]:
    """Trains what is not finished yet, each run in a folder of its name; then measures all times by turns.

    Raises:
        ConfigError: a configuration cannot be used.
    """
    for run in grid.runs:
        say(f"{run.name}: {run.zoo.decoder} on {run.zoo.backbone} ({run.zoo.weights}), {run.zoo.loss}")
        row = train_zoo(run, data, folder / run.name)
        say(f"{run.name}: {row.state}, {_shown(row.figures.get('miou'))} mean IoU")
        keras.backend.clear_session()
        if row.state != "finished":
            break
    return _timed([(folder / run.name) for run in grid.runs], grid.runs[0].zoo.size_hw)


def _timed(folders: Iterable[Path], size_hw: tuple[int, int]) -> list[Experiment]:
    """The rows of finished runs, with their inference times."""
    done = [folder for folder in folders if (folder / MODEL).exists()]
    models = {folder.name: _loaded(folder / MODEL) for folder in done}
    times = time_models(models, size_hw) if models else {}
    rows = [replace(read_experiment(folder), speed=times[folder.name]) for folder in done]
    for folder, row in zip(done, rows, strict=True):
        write_experiment(row, folder)
    return rows


def _loaded(path: Path) -> Any:
    return keras.saving.load_model(path, compile=False, safe_mode=True)


def _shown(figure: ExperimentFigure | None) -> str:
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})" if figure else "no"


def grid_rows(rows: Iterable[Experiment]) -> list[dict[str, Any]]:
    """The table, a mapping from column to value for each run."""
    return [dict(zip(COLUMNS, _values(row), strict=True)) for row in rows]


def _values(row: Experiment) -> tuple[Any, ...]:
    chosen = (row.settings[name] for name in ("decoder", "backbone", "weights", "loss"))
    figures = (row.figures[name] for name in ("miou", "dice"))
    ends = (value for each in figures for value in (each.value, each.low, each.high))
    speed = (row.speed.one_ms, row.speed.eight_ms) if row.speed else (None, None)
    counts = (row.parameters, row.nbytes, row.epochs, row.processor_seconds)
    return (row.key, *chosen, *counts, *ends, *speed)


def write_grid_table(rows: Iterable[Experiment], path: Path) -> None:
    """The table as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(grid_rows(rows))


def markdown_table(rows: Iterable[Experiment]) -> list[str]:
    """The table in Markdown, for people."""
    head = (
        "network",
        "loss",
        "mean IoU (95 %)",
        "mean Dice (95 %)",
        "processor s",
        "ms, 1 / 8",
        "parameters",
    )
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for row in rows:
        said: Mapping[str, Any] = row.settings
        network = f"{said['decoder']}, {said['backbone']} ({said['weights']})"
        speed = f"{row.speed.one_ms:.1f} / {row.speed.eight_ms:.1f}" if row.speed else ""
        overlap = f"{_shown(row.figures['miou'])} | {_shown(row.figures['dice'])}"
        cost = f"{row.processor_seconds:.0f} | {speed} | {row.parameters:,}"
        lines.append(f"| {network} | {said['loss']} | {overlap} | {cost} |")
    return lines


def pair_lines(grid: ZooGrid, folder: Path) -> list[str]:
    """How the pairs of a grid differ, over the same images."""
    lines = []
    for one, two in grid.pairs:
        for figure in ("iou", "dice"):
            found = compare_counts(folder / one, folder / two, figure)
            low, high = found.interval
            lines.append(f"{one} less {two}: mean {figure} {found.value:+.3f} ({low:+.3f} to {high:+.3f})")
    return lines
