"""Report of a search, in words and as plots."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from experiments.record import ExperimentFigure
from training.tune.settings import TuneSettings

if TYPE_CHECKING:
    import keras

_SHOWN = 10
"""Trials in the report."""
_CURVES = (("loss", "loss, nats"), ("accuracy", "accuracy, share of pictures"))


@dataclass(frozen=True)
class SearchResult:
    """What a search found.

    Attributes:
        labels: names of the classes.
        pictures: number learnt from, and number validated on.
        best: name of a hyperparameter -> its value.
        trials: for each trial, its hyperparameters and its best validation loss, best first.
        history: name of a figure -> its value after each pass of the final training.
        core: the trained network, RGB 0-255 to probabilities.
        figures: accuracy on the test part, or else on the validation part.
    """

    labels: list[str]
    pictures: tuple[int, int]
    best: dict[str, Any]
    trials: list[tuple[dict[str, Any], float]]
    history: dict[str, list[float]]
    core: "keras.Model"
    figures: Mapping[str, ExperimentFigure] = field(default_factory=dict)


def write_history(folder: Path, history: Mapping[str, Sequence[float]]) -> None:
    """Writes `history.json` and, as two plots over the passes, `history.png`."""
    (folder / "history.json").write_text(json.dumps(history, indent=1) + "\n")
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, (name, title) in zip(figure.subplots(1, 2), _CURVES, strict=True):
        for key, label, line in ((name, "learnt", "-"), (f"val_{name}", "validation", "--")):
            values = history[key]
            axes.plot(range(1, len(values) + 1), values, line, marker="o", markersize=3, label=label)
        axes.set(xlabel="pass over the pictures", ylabel=title)
        axes.legend()
    figure.savefig(folder / "history.png", dpi=120)


def best_pass(history: Mapping[str, Sequence[float]]) -> int:
    """Index of the pass with the lowest validation loss, whose weights are kept."""
    losses = history["val_loss"]
    return min(range(len(losses)), key=losses.__getitem__)


def _shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _trial_lines(trials: Sequence[tuple[Mapping[str, Any], float]]) -> list[str]:
    names = sorted(trials[0][0]) if trials else []
    head = ["| validation loss | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    rows = [
        f"| {loss:.4f} | " + " | ".join(_shown(values[name]) for name in names) + " |"
        for values, loss in trials[:_SHOWN]
    ]
    return [*head, *rows]


def _tested(outcome: SearchResult) -> list[str]:
    figure = outcome.figures.get("accuracy")
    if figure is None or figure.part != "test":
        return []
    ends = f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f}, 95 %)"
    return [f"Accuracy on {figure.count} pictures that nothing was chosen by: {ends}.", ""]


def report_text(settings: TuneSettings, outcome: SearchResult) -> str:
    """Text of `report.md`."""
    history, number = outcome.history, best_pass(outcome.history)
    learnt, validated = outcome.pictures
    origin = (
        "ImageNet weights, not changed" if settings.weights == "imagenet" else "random weights, learnt too"
    )
    lines = [
        f"# {len(outcome.labels)} classes on {settings.backbone}",
        "",
        f"Classes: {', '.join(outcome.labels)}.",
        "",
        f"Backbone: {settings.backbone} ({origin}). Pictures of {settings.size}x{settings.size} "
        "px, RGB 0-255.",
        "",
        f"{learnt} pictures learnt from, {validated} to validate on, chosen by a hash of the file names.",
        "",
        f"Validation accuracy {history['val_accuracy'][number]:.3f}, validation loss "
        f"{history['val_loss'][number]:.3f}, "
        f"at pass {number + 1} of {len(history['loss'])}. The search chose by these pictures: "
        "report a figure on others.",
        "",
        *_tested(outcome),
        "![History](history.png)",
        "",
        "## Best found",
        "",
        *(f"- {name}: {_shown(value)}" for name, value in sorted(outcome.best.items())),
        "",
        f"## Trials ({len(outcome.trials)}, best first)",
        "",
        *_trial_lines(outcome.trials),
    ]
    return "\n".join(lines) + "\n"


def write_report(settings: TuneSettings, outcome: SearchResult) -> None:
    """Writes `report.md`."""
    (settings.out / "report.md").write_text(report_text(settings, outcome), encoding="utf-8")
