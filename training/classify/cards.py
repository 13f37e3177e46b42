"""Card of a classifier: `card.toml` for programs and `README.md` for people, from the same facts."""

from pathlib import Path

from engine.evaluation.intervals import Interval, wilson_interval
from training.classify.config import ClassifierConfig
from training.classify.held_out import folder_name
from training.classify.measure import Figures
from training.common.cards import (
    ReadmeParts,
    RunFacts,
    card_head,
    readme,
    toml_lines,
    train_command,
    write_files,
)


def _evaluate_command(config: ClassifierConfig) -> str:
    """The command that gives the figures again: its own, or one for what `held-out` has laid out."""
    own = config.card.measured_by
    return (
        own
        or f"python cli.py evaluate --model {config.name} --images runs/held-out/{folder_name(config)} --json"
    )


def _card_toml(config: ClassifierConfig, facts: RunFacts, found: Figures) -> str:
    """Text of `card.toml`."""
    head = {
        **card_head(config, facts, "classify"),
        "task": config.task,
        "labels": list(found.per_class),
        "input_size": config.input_size,
        "resize": "whole picture to a square, bilinear with antialiasing (Pillow)",
        "teacher": config.tutor.name,
    }
    result = {
        "name": config.card.pictures.get(folder_name(config), folder_name(config)),
        "pictures": found.pictures,
        "command": _evaluate_command(config),
        "top1": found.top1,
        "top1_interval": _interval(found.top1, found.pictures),
        "top3": found.top3,
        "top3_interval": _interval(found.top3, found.pictures),
        "confusion_rows_truth": found.matrix.tolist(),
    }
    per_class = [f'"{name}" = {share:.4f}' for name, share in found.per_class.items()]
    tables = ["", "[[results]]", *toml_lines(result), "", "[results.per_class]", *per_class]
    return "\n".join([*toml_lines(head), *tables]) + "\n"


def _interval(share: float, pictures: int) -> Interval:
    return wilson_interval(round(share * pictures), pictures)


def _with_interval(share: float, pictures: int) -> str:
    if not pictures:
        return "-"
    low, high = _interval(share, pictures)
    return f"{share:.3f} ({low:.3f} to {high:.3f})"


def _matrix_lines(found: Figures) -> list[str]:
    names = list(found.per_class)
    head = [
        "| truth \\ prediction |" + "|".join(str(number) for number in range(1, len(names) + 1)) + "|",
        "|---" * (len(names) + 1) + "|",
    ]
    rows = [
        f"| {number} {name} | " + " | ".join(str(count) if count else "" for count in counts) + " |"
        for number, (name, counts) in enumerate(zip(names, found.matrix, strict=True), 1)
    ]
    return [*head, *rows]


def _figure_lines(config: ClassifierConfig, found: Figures) -> list[str]:
    counts = found.matrix.sum(1)
    rows = [
        f"| {name} | {count} | {_with_interval(share, count)} |"
        for (name, share), count in zip(found.per_class.items(), counts, strict=True)
    ]
    return [
        f"On {found.pictures} pictures, about a fifth, fixed by a hash of the file names, that "
        "were neither trained on, at any size, nor "
        "looked at while training. Whole pictures, resized to "
        f"{config.input_size}x{config.input_size} px (Pillow, bilinear, "
        "which averages where it shrinks), measured on the exported files."
        + " `python -m training held-out` lays the pictures out in folders."
        * (not config.card.measured_by),
        "",
        f"**Top-1 accuracy {_with_interval(found.top1, found.pictures)}, top-3 accuracy "
        f"{_with_interval(found.top3, found.pictures)}**; in brackets 95 % intervals (Wilson).",
        "",
        f"    {_evaluate_command(config)}",
        "",
        f"| {config.card.each} | pictures | named rightly |",
        "|---|---|---|",
        *rows,
        "",
        "### Confusion matrix",
        "",
        f"Rows are the true {config.card.each}, columns the predicted one, in the same order; pictures.",
        "",
        *_matrix_lines(found),
        "",
    ]


def write_card(folder: Path, config: ClassifierConfig, facts: RunFacts, found: Figures) -> None:
    """Writes `card.toml` and `README.md` beside the weights."""
    parts = ReadmeParts(train_command("classify", facts), config.tutor.name, _figure_lines(config, found))
    write_files(folder, _card_toml(config, facts, found), readme(config, facts, parts))
