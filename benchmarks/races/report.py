"""All races: a table for each module that has some."""

from importlib import import_module
from types import ModuleType

from benchmarks.effort import Effort
from benchmarks.races.runner import run_races
from benchmarks.races.tables import race_table

MODULES = {
    "speed": "sobol_pass",
    "occlusion": "masked_pass",
    "lime": "lime_pass",
    "gradients": "gradient_pass",
    "filters": "filter_sheet",
    "rates": "own_rates",
}
"""By the name of a part: the module with ``TITLE``, ``races`` and ``remarks``."""


def report(name: str, effort: Effort) -> str:
    """Run the races of one part: title, what is to be known, table."""
    module: ModuleType = import_module(f"benchmarks.races.{MODULES[name]}")
    outcomes = run_races(module.races(effort), effort.rounds)
    return (
        f"## {module.TITLE}\n\n{module.remarks(effort)} Rounds: {effort.rounds}.\n\n{race_table(outcomes)}\n"
    )
