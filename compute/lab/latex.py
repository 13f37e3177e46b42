"""A table of results as LaTeX, for papers."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

_SPECIAL = str.maketrans({letter: f"\\{letter}" for letter in "&%$#_{}"} | {"\\": r"\textbackslash{}"})


def latex_table(rows: Sequence[Mapping[str, Any]]) -> str:
    r"""Rows of one form as a tabular, with rules of booktabs.

    Example:
        >>> print(latex_table([{"layer": "top_relu", "accuracy": 0.9214, "p": float("nan")}]))
        \begin{tabular}{lll}
        \toprule
        layer & accuracy & p \\
        \midrule
        top\_relu & 0.9214 &  \\
        \bottomrule
        \end{tabular}
        <BLANKLINE>
    """
    names = list(rows[0]) if rows else []
    lines = [
        rf"\begin{{tabular}}{{{'l' * len(names)}}}",
        r"\toprule",
        _line(names),
        r"\midrule",
        *(_line([row[name] for name in names]) for row in rows),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def _line(values: Sequence[Any]) -> str:
    return " & ".join(map(_cell, values)) + r" \\"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.4g}"
    return str(value).translate(_SPECIAL)
