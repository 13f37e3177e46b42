"""`replay`: what a bundle holds, maps and findings, is computed again and compared."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commands.bundles.findings import FAILED, ReplayedFinding, replay_finding
from commands.explain import write
from commands.folders import make_folder
from commands.pictures import open_picture
from commands.runners import open_runner, progress_bar
from compute.replay.bundle import Bundle, folders_of
from compute.replay.bundle_reading import read_bundle
from compute.replay.regraded import GradeVerdict, compare_grades
from compute.replay.replay import Replayer
from compute.replay.verdict import LEAST_CORRELATION, TOLERANCE, Verdict, compare
from engine.errors import StoreError, VitrineError
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.trust.metric import Grade
from model_store.catalogue import ModelRef

FIGURES: dict[str, Callable[[float], str]] = {
    "difference": lambda value: f"{value:.3g}",
    "share": lambda value: f"{100 * value:.2g} %",
    "correlation": lambda value: f"{value:.4f}",
}
"""How a figure of a verdict is shown."""
SUMMARY = (
    "{same} same bit for bit, {within} within the tolerance (values within {tolerance:.0%} of "
    "the map's greatest, rank correlation from "
    "{least}), {differs} different, {failed} not computed."
)


@dataclass(frozen=True)
class ReplayQuestion:
    """What is asked on the command line, as it was typed.

    Attributes:
        bundle: the file.
        images: pictures that are not in it.
        out: folder for the new explanations, or None.
        scheduler: address of a Dask cluster, or None.
        data: folders of data sets.
    """

    bundle: Path
    images: tuple[Path, ...] = ()
    out: Path | None = None
    scheduler: str | None = None
    data: tuple[Path, ...] = ()


@dataclass(frozen=True, eq=False)
class Replayed:
    """What became of one explanation.

    Attributes:
        before: as it was.
        verdict: how far the new one is from it; None if there is none.
        said: why there is none, or what has changed around it, and each grade that is not the same.
        grades: how far its grades are from those on record.
    """

    before: Explanation
    verdict: Verdict | None
    said: tuple[str, ...]
    grades: tuple[GradeVerdict, ...] = ()

    @property
    def name(self) -> str:
        """What the lines about it begin with."""
        return f"{self.before.target.label} by {self.before.method}"

    @property
    def state(self) -> str:
        """In one or two words."""
        return FAILED if self.verdict is None else self.verdict.state

    def row(self) -> dict[str, Any]:
        """A row of the table."""
        figures = {name: getattr(self.verdict, name, None) for name in FIGURES}
        return {
            "method": self.before.method,
            "target": str(self.before.target.label),
            "model": self.before.provenance.model,
            "result": self.state,
            **{name: "-" if value is None else FIGURES[name](value) for name, value in figures.items()},
            "grades": self._grades_in_words(),
        }

    def _grades_in_words(self) -> str:
        states = Counter(one.state for one in self.grades)
        return ", ".join(f"{count} {state}" for state, count in states.items()) or "-"


def replay_bundle(question: ReplayQuestion) -> Iterator[Replayed | ReplayedFinding]:
    """Compute the explanations of a bundle again, then its findings, one after the other.

    Raises:
        VitrineError: the bundle cannot be read, a picture is missing, or the cluster cannot be reached.
    """
    bundle = read_bundle(question.bundle)
    pictures = _pictures(bundle, question.images)
    if question.out is not None:
        make_folder(question.out)
    with open_runner(question.scheduler) as runner:
        replayer = Replayer(runner, progress_bar)
        for folder, before, grades in zip(
            folders_of(bundle.explanations), bundle.explanations, bundle.grades, strict=True
        ):
            out = None if question.out is None else question.out / Path(folder).name
            yield _again(replayer, (before, grades), pictures[before.provenance.picture_sha256], out)
    for finding in bundle.findings:
        yield replay_finding(finding, question.data, question.scheduler)


def _again(
    replayer: Replayer, recorded: tuple[Explanation, Mapping[str, Grade]], picture: Picture, out: Path | None
) -> Replayed:
    """A map and its grades, computed again."""
    before, grades = recorded
    try:
        now = replayer.again(before, picture)
        graded = compare_grades(grades, replayer.graded(before, now, picture, grades))
    except VitrineError as error:
        return Replayed(before, None, (str(error),))
    if out is not None:
        write(now, picture, out)
    verdict = compare(before, now)
    said = tuple(one.said for one in graded if one.said)
    return Replayed(before, verdict, (*verdict.otherwise, *said), graded)


def _pictures(bundle: Bundle, images: Sequence[Path]) -> dict[str, Picture]:
    """All pictures that are explained, by sha256.

    Raises:
        StoreError: one is not there.
        PictureError: a file is no picture.
    """
    found = dict(bundle.pictures)
    models = {ModelRef.recorded(explanation.provenance.model) for explanation in bundle.explanations}
    for path in images:
        for ref in models:
            picture = open_picture(path, ref)
            found[picture.sha256] = picture
    for explanation in bundle.explanations:
        origin = explanation.provenance
        if origin.picture_sha256 not in found:
            text = "The picture {name} is not in the bundle{others}. Please say where it is: --image FILE."
            others = ", nor among those of --image" if images else ""
            raise StoreError(text, name=origin.picture, others=others)
    return found


def replay_summary(replayed: Sequence[Replayed | ReplayedFinding]) -> str:
    """All results in one line."""
    states = [one.state for one in replayed]
    counts = {name: states.count(name) for name in ("same", "within", "differs")}
    return SUMMARY.format(**counts, failed=states.count(FAILED), tolerance=TOLERANCE, least=LEAST_CORRELATION)


def good(replayed: Sequence[Replayed | ReplayedFinding]) -> bool:
    """Whether every explanation, grade and finding came out the same, or within the tolerance."""
    states = [one.state for one in replayed] + [grade.state for one in replayed for grade in one.grades]
    return all(state in ("same", "within") for state in states)
