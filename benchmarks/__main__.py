"""`python -m benchmarks`: every figure that the documents claim about speed and memory, as ratios of the same run."""

from __future__ import annotations

import argparse

from benchmarks import memory, sobol_pass


def main() -> None:
    """Run the benchmarks that were asked for and print their figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--model", default="streets-segformer")
    parser.add_argument("--grid", type=int, default=8)
    parser.add_argument("--designs", type=int, default=8)
    parser.add_argument("--only", choices=("speed", "memory"), help="one of the two")
    options = parser.parse_args()
    if options.only != "memory":
        sobol_pass.report(options.model, options.grid, options.designs)
    if options.only != "speed":
        memory.report(options.model, options.grid)


if __name__ == "__main__":
    main()
