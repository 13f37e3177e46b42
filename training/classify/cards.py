"""The card of a classifier: `card.toml` for programs and `README.md` for people, from the same facts."""

from pathlib import Path

from training.cards import Facts, bullets, table, wrapped
from training.classify.config import ClassifierConfig
from training.classify.held_out import folder_name
from training.classify.measure import Figures


def train_command(facts: Facts) -> str:
    """The command that makes the network again."""
    return f"python -m training classify --config {facts.config_path} --data DATA"


def evaluate_command(config: ClassifierConfig) -> str:
    """The command that gives the figures again, after `python -m training held-out`."""
    return f"python cli.py evaluate --model {config.name} --images runs/held-out/{folder_name(config)} --json"


def card_toml(config: ClassifierConfig, facts: Facts, found: Figures) -> str:
    """Text of `card.toml`."""
    head = {
        "name": config.name,
        "title": config.title,
        "task": config.task,
        "labels": list(found.per_class),
        "parameters": facts.parameters,
        "input_size": config.input_size,
        "resize": "whole picture to a square, bilinear with antialiasing (Pillow)",
        "date": facts.date,
        "command": train_command(facts),
        "steps": facts.steps,
        "minutes": round(facts.minutes),
        "teacher": config.tutor.name,
        "licence": config.card.licence,
        "data": list(config.card.data),
        "weak_points": list(config.card.weak_points),
    }
    result = {
        "name": config.card.pictures.get(folder_name(config), folder_name(config)),
        "pictures": found.pictures,
        "command": evaluate_command(config),
        "top1": found.top1,
        "top3": found.top3,
        "confusion_rows_truth": found.matrix.tolist(),
    }
    per_class = [f'"{name}" = {share:.4f}' for name, share in found.per_class.items()]
    return (
        "\n".join([*table(head), "", "[[results]]", *table(result), "", "[results.per_class]", *per_class])
        + "\n"
    )


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
        f"| {name} | {count} | {share:.3f} |"
        for (name, share), count in zip(found.per_class.items(), counts, strict=True)
    ]
    return [
        f"On {found.pictures} pictures, about a fifth, fixed by a hash of the file names, that "
        "were neither trained on, at any size, nor "
        "looked at while training. Whole pictures, resized to "
        f"{config.input_size}x{config.input_size} px (Pillow, bilinear, "
        "which averages where it shrinks), measured on the exported files. `python -m training "
        "held-out` lays the pictures out in folders.",
        "",
        f"**Top-1 accuracy {found.top1:.3f}, top-3 accuracy {found.top3:.3f}.**",
        "",
        f"    {evaluate_command(config)}",
        "",
        "| breed | pictures | named rightly |",
        "|---|---|---|",
        *rows,
        "",
        "### Confusion matrix",
        "",
        "Rows are the true breed, columns the predicted one, in the same order; pictures.",
        "",
        *_matrix_lines(found),
        "",
    ]


def card_readme(config: ClassifierConfig, facts: Facts, found: Figures) -> str:
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
    lines += ["## Teacher", "", config.tutor.name or "None.", "", "## Licence", "", config.card.licence, ""]
    lines += ["## Figures", "", *_figure_lines(config, found)]
    return wrapped(lines + bullets("Weak points", config.card.weak_points))


def write_card(folder: Path, config: ClassifierConfig, facts: Facts, found: Figures) -> None:
    """Writes `card.toml` and `README.md` beside the weights."""
    (folder / "card.toml").write_text(card_toml(config, facts, found), encoding="utf-8")
    (folder / "README.md").write_text(card_readme(config, facts, found), encoding="utf-8")
