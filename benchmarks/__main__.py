"""`python -m benchmarks`: every figure that the documents claim about speed, memory and waiting; speed as ratios of the same run."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module

PARTS: dict[str, Callable[[argparse.Namespace], None]] = {
    "speed": lambda options: _part("sobol_pass").report(options.model, options.grid, options.designs),
    "gradients": lambda options: _part("gradient_pass").report(),
    "filters": lambda options: _part("filter_sheet").report(),
    "cluster": lambda options: _part("cluster").report(options.model),
    "memory": lambda options: _part("memory").report(options.model, options.grid),
    "experience": lambda options: _part("experience").report(options.model),
    "gallery": lambda options: _part("gallery_visit").report(),
}


def _part(name: str):  # noqa: ANN202 (a module of this folder, imported when it is asked for)
    return import_module(f"benchmarks.{name}")


def main() -> None:
    """Run the benchmarks that were asked for and print their figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--model", default="streets-segformer")
    parser.add_argument("--grid", type=int, default=8)
    parser.add_argument("--designs", type=int, default=8)
    parser.add_argument("--only", choices=list(PARTS), help="one of them")
    options = parser.parse_args()
    for name, report in PARTS.items():
        if options.only in (None, name):
            report(options)


if __name__ == "__main__":
    main()
