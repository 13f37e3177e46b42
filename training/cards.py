"""The model card: `card.toml` for programs and `README.md` for people, from the same facts."""

import json
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_store.base.label_maps import CATEGORY_NAMES
from training.config import Config
from training.held_out import Result
from training.measure import MULTIPLE, SHORT_SIDE

_HOW = (
    "On pictures that were neither trained on nor looked at while training. Whole pictures, "
    f"short side {SHORT_SIDE} px, both sides multiples of {MULTIPLE}; `python -m training "
    "held-out` lays them out in folders."
)


@dataclass(frozen=True)
class Facts:
    """What is known of a finished run.

    Attributes:
        config_path: the configuration, as given on the command line.
        parameters: number of numbers in the network.
        steps: steps of learning.
        minutes: time of learning.
        date: day of the export, `YYYY-MM-DD`.
    """

    config_path: str
    parameters: int
    steps: int
    minutes: float
    date: str


def evaluate_command(config: Config, result: Result) -> str:
    """The command that gives a result again, after `python -m training held-out`."""
    folder = f"runs/held-out/{result.name}"
    places = f"--images {folder}/images --labels {folder}/labels --mapping {result.mapping}"
    return f"python cli.py evaluate --model {config.name} {places} --json"


def train_command(facts: Facts) -> str:
    """The command that makes the network again."""
    return f"python -m training segment --config {facts.config_path} --data DATA"


def _value(value: Any) -> str:
    """A TOML value; strings as JSON strings, which TOML reads alike, and nan as TOML writes it."""
    if isinstance(value, float):
        return "nan" if math.isnan(value) else f"{value:.4f}"
    return json.dumps(value, ensure_ascii=False)


def table(entries: Mapping[str, Any]) -> list[str]:
    """Lines of a TOML table."""
    return [f"{key} = {_value(value)}" for key, value in entries.items()]


def _result_lines(config: Config, result: Result) -> list[str]:
    figures = result.figures
    head = {
        "name": config.card.pictures.get(result.name, result.name),
        "pictures": result.pictures,
        "command": evaluate_command(config, result),
        "pixel_accuracy": figures.pixel_accuracy,
        "mean_iou": figures.mean_iou,
        "mean_dice": figures.mean_dice,
    }
    tables = ["[results.iou]", *table(figures.iou), "", "[results.dice]", *table(figures.dice)]
    return ["", "[[results]]", *table(head), "", *tables]


def card_toml(config: Config, facts: Facts, found: Sequence[Result]) -> str:
    """Text of `card.toml`."""
    head = {
        "name": config.name,
        "title": config.title,
        "task": "segmentation",
        "labels": list(CATEGORY_NAMES),
        "parameters": facts.parameters,
        "short_side": SHORT_SIDE,
        "size_multiple": MULTIPLE,
        "date": facts.date,
        "command": train_command(facts),
        "steps": facts.steps,
        "minutes": round(facts.minutes),
        "teacher": config.teacher.name,
        "licence": config.card.licence,
        "data": list(config.card.data),
        "weak_points": list(config.card.weak_points),
    }
    lines = table(head)
    for result in found:
        lines += _result_lines(config, result)
    return "\n".join(lines) + "\n"


def _shown(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def _result_section(config: Config, result: Result) -> list[str]:
    figures = result.figures
    rows = [
        f"| {name} | {_shown(figures.iou[name])} | {_shown(figures.dice[name])} |" for name in figures.iou
    ]
    return [
        f"### {config.card.pictures.get(result.name, result.name)} ({result.pictures} pictures)",
        "",
        "| category | IoU | Dice |",
        "|---|---|---|",
        *rows,
        f"| **mean of the categories present** | **{_shown(figures.mean_iou)}** | "
        f"**{_shown(figures.mean_dice)}** |",
        "",
        f"Pixel accuracy {_shown(figures.pixel_accuracy)}. Pixels labelled void are not counted.",
        "",
        f"    {evaluate_command(config, result)}",
        "",
    ]


def bullets(title: str, texts: Sequence[str]) -> list[str]:
    """A section of a card with one point for each text; nothing without texts."""
    return [f"## {title}", "", *(f"- {text}" for text in texts), ""] if texts else []


def wrapped(lines: Sequence[str]) -> str:
    """Text of a card with paragraphs and points on lines of at most 110 characters."""
    text = ""
    for line in lines:
        if len(line) > 110 and not line.startswith(("|", " ")):
            indent = "  " * line.startswith("- ")
            line = textwrap.fill(
                line, 110, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
            )
        text += line + "\n"
    return text.rstrip() + "\n"


def card_readme(config: Config, facts: Facts, found: Sequence[Result]) -> str:
    """Text of `README.md`."""
    lines = [f"# {config.title}", "", config.card.summary, ""]
    lines += [
        f"{facts.parameters:,} parameters, stored in half precision. Made on {facts.date} from "
        "random weights:",
        "",
    ]
    lines += [f"    {train_command(facts)}", ""]
    lines += [f"{facts.steps:,} steps of {config.schedule.batch} crops in {facts.minutes:.0f} minutes.", ""]
    lines += bullets("Data", config.card.data)
    lines += ["## Teacher", "", config.teacher.name or "None.", "", "## Licence", "", config.card.licence, ""]
    lines += ["## Figures", "", _HOW, ""]
    for result in found:
        lines += _result_section(config, result)
    return wrapped(lines + bullets("Weak points", config.card.weak_points))


def write_card(folder: Path, config: Config, facts: Facts, found: Sequence[Result]) -> None:
    """Writes `card.toml` and `README.md` beside the weights."""
    (folder / "card.toml").write_text(card_toml(config, facts, found), encoding="utf-8")
    (folder / "README.md").write_text(card_readme(config, facts, found), encoding="utf-8")
