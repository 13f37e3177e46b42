"""Parts of a model card that do not depend on what the network does."""

import json
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from training.common.config import Card, Schedule


@dataclass(frozen=True)
class RunFacts:
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


@dataclass(frozen=True)
class ReadmeParts:
    """What a README says besides what every card says.

    Attributes:
        command: makes the network again.
        teacher: its name; empty: none.
        figures: lines below the heading.
    """

    command: str
    teacher: str
    figures: Sequence[str]


class Described(Protocol):
    """A configuration as far as a card needs it."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def card(self) -> Card: ...

    @property
    def schedule(self) -> Schedule: ...


def card_head(config: Described, facts: RunFacts, task: str) -> dict[str, Any]:
    """Entries that `card.toml` of every network has; ``task`` is the command that trains it."""
    card = config.card
    return {
        "name": config.name,
        "title": config.title,
        "date": facts.date,
        "command": train_command(task, facts),
        "parameters": facts.parameters,
        "steps": facts.steps,
        "minutes": round(facts.minutes),
        "licence": card.licence,
        "data": list(card.data),
        "weak_points": list(card.weak_points),
    }


def train_command(task: str, facts: RunFacts) -> str:
    """The command that makes the network again."""
    return f"python -m training {task} --config {facts.config_path} --data DATA"


def _value(value: Any) -> str:
    """A TOML value; strings as JSON strings, which TOML reads alike, and nan as TOML writes it.

    A tuple is a row of numbers.
    """
    if isinstance(value, float):
        return "nan" if math.isnan(value) else f"{value:.4f}"
    if isinstance(value, tuple):
        return f"[{', '.join(_value(part) for part in value)}]"
    return json.dumps(value, ensure_ascii=False)


def toml_lines(entries: Mapping[str, Any]) -> list[str]:
    """Lines of a TOML table."""
    return [f"{key} = {_value(value)}" for key, value in entries.items()]


def readme(config: Described, facts: RunFacts, parts: ReadmeParts) -> str:
    """Text of `README.md`."""
    card = config.card
    lines = [
        f"# {config.title}",
        "",
        card.summary,
        "",
        f"{facts.parameters:,} parameters, stored in half precision. "
        f"Made on {facts.date} from {card.origin}:",
        "",
        f"    {parts.command}",
        "",
        card.learning
        or f"{facts.steps:,} steps of {config.schedule.batch} crops in {facts.minutes:.0f} minutes.",
        "",
        *_section("Data", card.data),
        *("## Teacher", "", parts.teacher or "None.", ""),
        *("## Licence", "", card.licence, ""),
        *("## Figures", "", *parts.figures),
        *_section("Weak points", card.weak_points),
    ]
    return _wrapped(lines)


def _section(title: str, texts: Sequence[str]) -> list[str]:
    """A section of a card with one point for each text; nothing without texts."""
    return [f"## {title}", "", *(f"- {text}" for text in texts), ""] if texts else []


def _wrapped(lines: Sequence[str]) -> str:
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


def write_files(folder: Path, toml: str, text: str) -> None:
    """Writes `card.toml` and `README.md` beside the weights."""
    (folder / "card.toml").write_text(toml, encoding="utf-8")
    (folder / "README.md").write_text(text, encoding="utf-8")
