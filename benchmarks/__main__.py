"""Command line of the benchmarks: every figure that the documents claim about speed, memory and waiting.

Speed is given as ratios of the same run. A part gives its section in Markdown, or prints its figures;
`python -m benchmarks --write` keeps both in `benchmarks/results.md`. It ends with code 1 where a part did not
run, or, in the part `quick`, a ratio has fallen.
"""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.effort import Effort
from benchmarks.races.report import MODULES as RACES
from benchmarks.results import Results

PARTS: dict[str, Callable[[argparse.Namespace], str | None]] = {
    **{
        name: partial(lambda name, options: _part("races.report").report(name, Effort.of(options)), name)
        for name in RACES
    },
    "scaling": lambda options: _part("races.scaling").report(Effort.of(options)),
    "roofline": lambda _options: _part("roofline").report(),
    "cluster": lambda options: _part("server.cluster").report(options.model),
    "simulated": lambda _options: _part("server.simulated").report(),
    "memory": lambda options: _part("server.memory").report(options.model, options.grid or 8),
    "idle": lambda _options: _part("server.idle").report(),
    "many": lambda options: _part("server.many").report(options.images),
    "experience": lambda options: _part("server.experience").report(options.model),
    "bytes": lambda options: _part("server.bytes").report(),
    "users": lambda options: _part("server.users").report(20, 60),
    "strangers": lambda _options: _part("server.strangers").report(),
    "soak": lambda options: _part("server.users").report(10, 1800),
    "coverage": lambda _options: _coverage(),
    "outlines": lambda options: _part("coverage.outlines").report(),
    "hatching": lambda options: _part("coverage.hatching").report(),
    "fidelity": lambda _options: _part("fidelity").report(),
    "gradients": lambda _options: _part("gradients").report([]),
    "gallery": lambda options: _part("server.gallery").report(),
    "quick": lambda options: _part("quick.report").report(options.keep),
}

SMALL = (*RACES, "scaling")
"""Parts that know how to be quick."""

ASKED = ("soak", "quick")
"""Parts that run only when they are asked for."""


def _part(name: str) -> Any:
    """A module of this folder, imported when it is asked for."""
    return import_module(f"benchmarks.{name}")


def _coverage() -> None:
    """What the bands of maps cover, and those of fidelity."""
    for name in ("coverage.table", "coverage.fidelity_bands"):
        _part(name).report()


def main() -> None:
    """Run the benchmarks that were asked for, and print their figures as they come."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--model", default="streets-segformer")
    parser.add_argument("--grid", type=int, help="rows and columns of cells; 8 as promised")
    parser.add_argument("--designs", type=int, help="of the Sobol races; 32 as promised")
    parser.add_argument("--images", type=int, default=50_000, help="of the data set of many")
    parser.add_argument("--rounds", type=int, help="laps of each contestant; 3, or 1 with --quick")
    parser.add_argument("--quick", action="store_true", help="races and curves only, as small as they can be")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), help="some of them")
    parser.add_argument(
        "--write",
        action="store_true",
        help="keep the figures in benchmarks/results.md, beside those of other parts",
    )
    parser.add_argument(
        "--keep", action="store_true", help="store the ratios of the part quick for this class of processor"
    )
    options = parser.parse_args()
    results = Results(options.write, options.quick, tuple(PARTS))
    for name, report in PARTS.items():
        if name in (options.only or (SMALL if options.quick else PARTS.keys() - ASKED)):
            results.add(name, partial(report, options))
    if results.failed:
        sys.exit(f"Did not run, or a ratio has fallen: {', '.join(results.failed)}")


if __name__ == "__main__":
    main()
