"""`models` and `methods`: what there is to choose from."""

import textwrap
from typing import Any

from compute.work.kinds import map_kind
from engine.methods import METHODS, Method
from engine.params import ParamInfo, describe_params
from model_store.catalogue import Entry, availability, catalogue
from model_store.own.class_names import names_in_files

HEAD = """# Methods

What each method measures, and its parameters: made from the table of methods by
`python cli.py methods --markdown`; a test keeps the two equal. Below it,
[how the maps are computed](#how-the-maps-are-computed) is written by hand.
"""


def model_rows(details: bool) -> list[dict[str, Any]]:
    """One row per model of the catalogue; with details also its classes, grouping and licence."""
    return [_model_row(entry) | (_model_details(entry) if details else {}) for entry in catalogue().values()]


def _model_row(entry: Entry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "task": entry.task,
        "classes": len(entry.colours),
        "size_mb": entry.size_mb,
        "ready": availability(entry).ready,
    }


def _model_details(entry: Entry) -> dict[str, Any]:
    return {
        "title": entry.title,
        "labels": list(entry.labels or (names_in_files(entry) if availability(entry).ready else ())),
        "grouped": f"{entry.key}@grouped" if entry.grouping else None,
        "licence": entry.licence,
        "folder": str(availability(entry).folder),
    }


def method_rows(details: bool) -> list[dict[str, Any]]:
    """One row per method; with details also its parameters, reading and caveats."""
    return [_row(method) | (_details(method) if details else {}) for method in METHODS.values()]


def _row(method: Method) -> dict[str, Any]:
    return {
        "key": method.key,
        "title": method.title,
        "tasks": ", ".join(method.tasks),
        "runs": method.runs(method.params()),
    }


def _details(method: Method) -> dict[str, Any]:
    return {
        "measures": method.measures,
        "signed": method.signed,
        "year": method.year,
        "url": method.url,
        "paper": method.paper,
        "how_to_read": list(method.how_to_read),
        "caveats": list(method.caveats),
        "params": [_param(info) for info in describe_params(method.params)],
    }


def _param(info: ParamInfo) -> dict[str, Any]:
    values = (
        list(info.options())
        if info.choices or info.scale == "double"
        else [end for end in (info.low, info.high) if end is not None]
    )
    return {
        "name": info.name,
        "title": info.title,
        "default": info.default,
        "values": values,
        "unit": info.unit,
        "help": info.help,
    }


def method_texts() -> str:
    """The part of the document `docs/methods.md` that is made from the table."""
    return HEAD + "".join(_text(method) for method in METHODS.values())


def _text(method: Method) -> str:
    runs = map_kind(method).costs.format(runs=method.runs(method.params()))
    lines = [
        f"\n## {method.title} (`{method.key}`)\n",
        _paragraph(method.measures),
        _paragraph(f"{method.paper}. {method.year}. <{method.url}>"),
        _paragraph(f"For {' and '.join(method.tasks)}. Cost: {runs}"),
        _paragraph("**How to read it.** " + " ".join(method.how_to_read)),
        _paragraph("**What it does not say.** " + " ".join(method.caveats)),
        "| parameter | default | values | |\n|---|---|---|---|",
        *(_line(info) for info in describe_params(method.params)),
    ]
    return "\n".join(lines) + "\n"


def _paragraph(text: str) -> str:
    return textwrap.fill(text, 110, break_long_words=False, break_on_hyphens=False) + "\n"


def _line(info: ParamInfo) -> str:
    facts = _param(info)
    spread = (
        [f"{info.low} to {info.high}"]
        if len(facts["values"]) == 2 and info.choices is None
        else facts["values"]
    )
    return f"| `{info.name}` | {info.default} | {', '.join(map(str, spread))} | {info.help} |"
