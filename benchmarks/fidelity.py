"""Agreement of fidelity with the other metrics, and of its two halves, over methods on shipped data sets."""

from collections.abc import Mapping
from typing import Any

from commands.trust.evaluate_methods import EvaluateMethods, graded_methods

SETS = {
    "digits-cnn": ("digits", 20),
    "streets-segformer": ("streets-rendered", 4),
    "streets-unet": ("streets-rendered", 4),
}
"""A data set that comes with Vitrine, for each model that one fits, and how many of its images: a zone of
a street costs about a minute.
"""
METHODS = (
    "occlusion",
    "gradcam",
    "gradcam++",
    "layercam",
    "hirescam",
    "saliency",
    "gradient_x_input",
    "integrated_gradients",
)


def report() -> str:
    """Rank correlations over methods of their means on some images, as a section."""
    lines = [
        "## Fidelity and the other metrics",
        "",
        f"Rank correlation over {len(METHODS)} methods of means over images, best first; *halves*: "
        "fidelity to one half of the samples of masks and to the other one.",
        "",
    ]
    rows = {
        f"{model}, {images} images": _agreement(model, data, images) for model, (data, images) in SETS.items()
    }
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    lines += [f"| model | {' | '.join(names)} |", f"|{'---|' * (len(names) + 1)}"]
    lines += [
        f"| {model} | {' | '.join(_shown(row.get(name)) for name in names)} |" for model, row in rows.items()
    ]
    return "\n".join([*lines, ""])


def _agreement(model: str, data: str, images: int) -> Mapping[str, Any]:
    asked = EvaluateMethods(model, data=data, split="test", methods=METHODS, limit=images)
    facts = graded_methods(asked, print)
    return {"halves": facts["halves"], **facts["agreement"]}


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
