"""Agreement of fidelity with the other metrics, and of its two halves, over methods on shipped data sets."""

from collections.abc import Mapping
from typing import Any

from commands.trust.evaluate_methods import EvaluateMethods, graded_methods

SETS = {"digits-cnn": "digits", "streets-segformer": "streets-rendered", "streets-unet": "streets-rendered"}
"""A data set that comes with Vitrine, for each model that one fits."""
IMAGES = 10
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
        f"Rank correlation over {len(METHODS)} methods of means on {IMAGES} images, best first; *halves*: "
        "fidelity to one half of the samples of masks and to the other one.",
        "",
    ]
    rows = {model: _agreement(model, data) for model, data in SETS.items()}
    names = list(next(iter(rows.values())))
    lines += [f"| model | {' | '.join(names)} |", f"|{'---|' * (len(names) + 1)}"]
    lines += [
        f"| {model} | {' | '.join(_shown(row[name]) for name in names)} |" for model, row in rows.items()
    ]
    return "\n".join([*lines, ""])


def _agreement(model: str, data: str) -> Mapping[str, Any]:
    asked = EvaluateMethods(model, data=data, split="test", methods=METHODS, limit=IMAGES)
    facts = graded_methods(asked, print)
    return {"halves": facts["halves"], **facts["agreement"]}


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
