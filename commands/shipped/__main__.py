"""Command that makes anew what comes with Vitrine finished: ``python -m commands.shipped``."""

import argparse
from collections.abc import Callable

from commands.shipped.answers import MODELS, make_answers
from commands.shipped.drawings import make_drawings
from commands.shipped.sanity import make_sanity
from model_store.catalogue import ModelRef

KINDS: dict[str, Callable[[ModelRef, bool], None]] = {
    "answers": make_answers,
    "drawings": make_drawings,
    "sanity": make_sanity,
}


def main() -> None:
    """Make what is not there, or is of other weights."""
    parser = argparse.ArgumentParser(prog="python -m commands.shipped", description=__doc__)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--kinds", nargs="+", choices=tuple(KINDS), default=tuple(KINDS))
    parser.add_argument("--again", action="store_true", help="also what is there already")
    options = parser.parse_args()
    for model in options.models:
        for kind in options.kinds:
            KINDS[kind](ModelRef(model), options.again)


if __name__ == "__main__":
    main()
