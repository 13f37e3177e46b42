"""Study of Grad-CAM++ as it was read before and as it is now, against the paper.

`python -m benchmarks.cams table` prints a table over all layers of the shipped models; `picture` draws some
layers for the documents.
"""

import argparse
from pathlib import Path

from benchmarks.cams.layers import SHIPPED
from benchmarks.cams.picture import BLOCKS, draw
from benchmarks.cams.table import report

OUT = Path("docs/images/grad-cam-plus-plus.png")


def main() -> None:
    """Print the table, or draw the picture."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cams", description=__doc__)
    parser.add_argument("step", choices=("table", "picture"))
    parser.add_argument("--models", nargs="+", default=list(SHIPPED), help="of the table")
    parser.add_argument(
        "--pictures",
        nargs="+",
        default=[],
        help="keys of shipped samples, or paths, of the table; all samples of the model's kind if none",
    )
    parser.add_argument("--out", type=Path, default=OUT, help="where the picture goes")
    options = parser.parse_args()
    if options.step == "table":
        report(options.models, options.pictures)
    else:
        draw(BLOCKS, options.out)


if __name__ == "__main__":
    main()
