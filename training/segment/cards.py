"""Card of a segmentation network: `card.toml` for programs, `README.md` for people, from the same facts."""

import math
from collections.abc import Sequence
from pathlib import Path

from engine.evaluation.intervals import Interval
from model_store.base.label_maps import CATEGORY_NAMES
from training.common.cards import (
    ReadmeParts,
    RunFacts,
    card_head,
    readme,
    toml_lines,
    train_command,
    write_files,
)
from training.segment.config import Config
from training.segment.held_out import Result
from training.segment.measure import MULTIPLE, SHORT_SIDE

_HOW = (
    "On pictures that were neither trained on nor looked at while training. Whole pictures, "
    f"short side {SHORT_SIDE} px, both sides multiples of {MULTIPLE}; `python -m training "
    "held-out` lays them out in folders. Intervals are of a bootstrap over pictures; frames of one drive are "
    "alike, so they say nothing of other drives."
)


def _evaluate_command(config: Config, result: Result) -> str:
    """The command that gives a result again, after `python -m training held-out`."""
    folder = f"runs/held-out/{result.name}"
    places = f"--images {folder}/images --labels {folder}/labels --mapping {result.mapping}"
    return f"python cli.py evaluate --model {config.name} {places} --json"


def _result_lines(config: Config, result: Result) -> list[str]:
    figures = result.figures
    head = {
        "name": config.card.pictures.get(result.name, result.name),
        "pictures": result.pictures,
        "command": _evaluate_command(config, result),
        "pixel_accuracy": figures.pixel_accuracy,
        "mean_iou": figures.mean_iou,
        "mean_dice": figures.mean_dice,
    }
    tables = ["[results.iou]", *toml_lines(figures.iou), "", "[results.dice]", *toml_lines(figures.dice)]
    tables += ["", "[results.iou_intervals]", *toml_lines(result.intervals)]
    return ["", "[[results]]", *toml_lines(head), "", *tables]


def _card_toml(config: Config, facts: RunFacts, found: Sequence[Result]) -> str:
    """Text of `card.toml`."""
    head = {
        **card_head(config, facts, "segment"),
        "task": "segmentation",
        "labels": list(CATEGORY_NAMES),
        "short_side": SHORT_SIDE,
        "size_multiple": MULTIPLE,
        "teacher": config.teacher.name,
    }
    lines = toml_lines(head)
    for result in found:
        lines += _result_lines(config, result)
    return "\n".join(lines) + "\n"


def _shown(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def _ends(interval: Interval) -> str:
    return "-" if math.isnan(interval[0]) else f"{interval[0]:.3f} to {interval[1]:.3f}"


def _result_section(config: Config, result: Result) -> list[str]:
    figures = result.figures
    rows = [
        f"| {name} | {_shown(figures.iou[name])} | {_ends(result.intervals[name])} | "
        f"{_shown(figures.dice[name])} |"
        for name in figures.iou
    ]
    return [
        f"### {config.card.pictures.get(result.name, result.name)} ({result.pictures} pictures)",
        "",
        "| category | IoU | 95 % interval | Dice |",
        "|---|---|---|---|",
        *rows,
        f"| **mean of the categories present** | **{_shown(figures.mean_iou)}** | "
        f"**{_ends(result.intervals['mean'])}** | **{_shown(figures.mean_dice)}** |",
        "",
        f"Pixel accuracy {_shown(figures.pixel_accuracy)}. Pixels labelled void are not counted.",
        "",
        f"    {_evaluate_command(config, result)}",
        "",
    ]


def write_card(folder: Path, config: Config, facts: RunFacts, found: Sequence[Result]) -> None:
    """Writes `card.toml` and `README.md` beside the weights."""
    figures = [_HOW, "", *(line for result in found for line in _result_section(config, result))]
    text = readme(config, facts, ReadmeParts(train_command("segment", facts), config.teacher.name, figures))
    write_files(folder, _card_toml(config, facts, found), text)
