"""``make fuzz``: malformed files at every entry point, and a table of what became of them.

The exit code is 1 if one was met with more than a sentence.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.fuzz.harms import harmed
from tests.fuzz.watch import ROOT, CaseOutcome, Watcher, cases

COUNT, SLOW, SEED = 26, 12, 1


def main() -> int:
    """Run what the arguments say; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="files of each kind at each door")
    parser.add_argument(
        "--slow", type=int, default=SLOW, help="files of each kind at doors that take seconds"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="another one harms in other ways")
    parser.add_argument("--door", help="only doors whose name has this in it")
    parser.add_argument("--keep", type=Path, help="folder for the files that failed")
    asked = parser.parse_args()
    wanted = [case for case in cases(asked.count, asked.slow) if (asked.door or "") in case[0]]
    with tempfile.TemporaryDirectory(prefix="vitrine-fuzz-") as name:
        folder = Path(name)
        subprocess.run(
            [sys.executable, "-m", "tests.fuzz.seeds", name], cwd=ROOT, check=True, stderr=subprocess.DEVNULL
        )
        with Watcher(folder, asked.seed) as watcher:
            found = [_told(outcome) for outcome in watcher.run(wanted)]
        failed = [outcome for outcome in found if outcome.failed]
        for outcome in failed if asked.keep else ():
            _keep(asked.keep, outcome, asked.seed, folder)
    _show(found)
    print(f"{len(found)} files, {len(failed)} failures, seed {asked.seed}")
    return 1 if failed else 0


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
    (folder / f"{number}.{kind}").write_bytes(harmed(kind, number, seed, (seeds / kind).read_bytes())[1])


def _show(found: Iterable[CaseOutcome]) -> None:
    groups: dict[tuple[str, str], list[CaseOutcome]] = defaultdict(list)
    for outcome in found:
        groups[outcome.case[:2]].append(outcome)
    table = Table("door", "kind", "files", "read", "refused", "failed", "slowest, s")
    for (entry_point, kind), outcomes in groups.items():
        counts = Counter("failed" if outcome.failed else outcome.outcome for outcome in outcomes)
        slowest = max(outcome.seconds for outcome in outcomes)
        figures = (len(outcomes), *(counts[name] for name in ("read", "refused", "failed")))
        table.add_row(entry_point, kind, *map(str, figures), f"{slowest:.2f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    sys.exit(main())
