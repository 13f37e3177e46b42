"""Study of how well designs and estimators rank the cells of a picture at few runs, against a long reference.

`python -m benchmarks.ranking collect` scores the runs of all designs and keeps them; `rank` reads the kept
scores, without any model.
"""

import argparse
from pathlib import Path

FOLDER = Path("runs/ranking")


def main() -> None:
    """Collect scores, or rank cells from those that are there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ranking", description=__doc__)
    parser.add_argument("step", choices=("collect", "rank"))
    parser.add_argument("--runs", type=Path, default=FOLDER, metavar="FOLDER", help="where scores are kept")
    parser.add_argument("--models", nargs="+", default=["dogs-vgg"])
    parser.add_argument("--pictures", nargs="+", default=["cat"], help="keys of shipped samples, or paths")
    parser.add_argument(
        "--size",
        nargs=2,
        type=int,
        metavar=("HEIGHT", "WIDTH"),
        help="at which the models look, instead of their own",
    )
    parser.add_argument("--seeds", type=int, default=2, help="of each candidate")
    options = parser.parse_args()
    if options.step == "collect":
        from benchmarks.ranking.scores import RankingJob, collect, parts

        size = tuple(options.size) if options.size else None
        jobs = [RankingJob(model, picture, size) for picture in options.pictures for model in options.models]
        collect(options.runs, jobs, parts(options.seeds))
        return
    from benchmarks.ranking.table import report

    report(options.runs)


if __name__ == "__main__":
    main()
