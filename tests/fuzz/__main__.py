"""``make fuzz``: malformed files at every entry point, and a table of what became of them.

The exit code is 1 if one was met with more than a sentence, or if files leave memory taken.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.fuzz.families import made
from tests.fuzz.watch import ROOT, CaseOutcome, Watcher, cases

COUNT, SLOW, SEED = 26, 12, 1
MOST_GROWTH_MB = 64
"""Of the process that opens files, from the middle third of those of a door and kind to the last: the first
pays for imports."""
Groups = dict[tuple[str, str], list[CaseOutcome]]


def main() -> int:
    """Run what the arguments say; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="files of each kind at each door")
    parser.add_argument(
        "--slow", type=int, default=SLOW, help="files of each kind at doors that take seconds"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="another one harms in other ways")
    parser.add_argument("--door", help="only doors whose name has this in it")
    parser.add_argument("--patience", type=float, default=1.0, help="times as long; for a crowded machine")
    parser.add_argument("--keep", type=Path, help="folder for the files that failed")
    asked = parser.parse_args()
    wanted = [case for case in cases(asked.count, asked.slow) if (asked.door or "") in case[0]]
    with tempfile.TemporaryDirectory(prefix="vitrine-fuzz-") as name:
        folder = Path(name)
        subprocess.run(
            [sys.executable, "-m", "tests.fuzz.seeds", name], cwd=ROOT, check=True, stderr=subprocess.DEVNULL
        )
        with Watcher(folder, asked.seed, asked.patience) as watcher:
            found = [_told(outcome) for outcome in watcher.run(wanted)]
        failed = [outcome for outcome in found if outcome.failed]
        for outcome in failed if asked.keep else ():
            _keep(asked.keep, outcome, asked.seed, folder)
    groups = _groups(found)
    _show(groups)
    growing = [f"{door}, {kind}" for (door, kind), ones in groups.items() if grown_mb(ones) > MOST_GROWTH_MB]
    print(f"{len(found)} files, {len(failed)} failures, seed {asked.seed}")
    print(f"memory grows at {', '.join(growing) or 'no door'}")
    return 1 if failed or growing else 0


def _groups(found: Iterable[CaseOutcome]) -> Groups:
    groups: Groups = defaultdict(list)
    for outcome in found:
        entry_point, kind, _number = outcome.case
        groups[entry_point, "two" if "+" in kind else kind].append(outcome)
    return groups


def grown_mb(outcomes: Sequence[CaseOutcome]) -> float:
    """By how much the process has grown from the middle third of some files to the last, in MB.

    What a file takes for a moment is not counted.
    """
    third = max(len(outcomes) // 3, 1)
    parts = outcomes[third : 2 * third] or outcomes, outcomes[-third:]
    middle, last = (min(outcome.memory_mb for outcome in part) for part in parts)
    return last - middle


def _told(outcome: CaseOutcome) -> CaseOutcome:
    if outcome.failed:
        entry_point, kind, number = outcome.case
        print(
            f"{outcome.outcome}: {entry_point}, {kind} {number} ({outcome.harm}): {outcome.said}", flush=True
        )
    return outcome


def _keep(folder: Path, outcome: CaseOutcome, seed: int, seeds: Path) -> None:
    _door, kind, number = outcome.case
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{number}.{kind}").write_bytes(made(kind, number, seed, seeds)[1])


def _show(groups: Groups) -> None:
    table = Table("door", "kind", "files", "read", "refused", "failed", "slowest, s", "memory, MB")
    for (entry_point, kind), outcomes in groups.items():
        counts = Counter("failed" if outcome.failed else outcome.outcome for outcome in outcomes)
        slowest = max(outcome.seconds for outcome in outcomes)
        figures = (len(outcomes), *(counts[name] for name in ("read", "refused", "failed")))
        memory = f"{outcomes[0].memory_mb:.0f} to {outcomes[-1].memory_mb:.0f}"
        table.add_row(entry_point, kind, *map(str, figures), f"{slowest:.2f}", memory)
    Console(width=100).print(table)


if __name__ == "__main__":
    sys.exit(main())
