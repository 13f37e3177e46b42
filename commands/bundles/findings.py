"""Findings of a bundle computed again, each by the command that answers such a question."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from commands.data.concepts import ConceptQuestion, find_class_concepts
from commands.data.tcav import Grounds, TcavQuestion, run_tcav
from commands.examples.prototypes import PrototypesQuestion, find_examples
from compute.measure.examples.prototypes import PrototypeSpec
from compute.replay.findings import FindingRecord, FindingVerdict, Row, compare_findings
from compute.replay.replay import refuse_another_model
from data_store.catalogue import data_set_at, data_set_of
from data_store.shipped import textures
from engine.errors import DataSetError, StoreError, VitrineError

FAILED = "not computed"
Places = Sequence[Path]
"""Folders of data sets."""


def _concepts(found: FindingRecord, asked: Mapping[str, Any]) -> Sequence[Row]:
    question = ConceptQuestion(
        class_name=found.question["class"],
        layer=found.question["layer"],
        concepts=found.question["concepts"],
        **asked,
    )
    rows: Sequence[Row] = find_class_concepts(question)["concepts"]
    return rows


def _tcav(found: FindingRecord, asked: Mapping[str, Any]) -> Sequence[Row]:
    said, place = found.question, asked["data"]
    known = {"model": asked["model"], "split": asked["split"], "scheduler": asked["scheduler"]}
    own = said["from"] != textures.KEY
    if not own and not set(said["concepts"]) <= set(textures.NAMES):
        raise ValueError("no textures")
    question = TcavQuestion(
        images=place,
        target=said["class"],
        concepts=tuple(f"{place}:{name}" if own else name for name in said["concepts"]),
        layers=tuple(said["layers"]),
        versus=said["versus"],
        grounds=Grounds(cells=",".join(map(str, said["cells"])), spatial=said["spatial"]),
        **known,
    )
    rows: Sequence[Row] = run_tcav(question)["tests"]
    return rows


def _prototypes(found: FindingRecord, asked: Mapping[str, Any]) -> Sequence[Row]:
    said = found.question
    question = PrototypesQuestion(
        layer=said["layer"],
        class_name=said.get("class"),
        zones=said.get("zones"),
        spec=PrototypeSpec(said["count"], said["count"]),
        **asked,
    )
    rows: Sequence[Row] = find_examples(question)["examples"]
    return rows


AGAIN: Mapping[str, Callable[[FindingRecord, Mapping[str, Any]], Sequence[Row]]] = MappingProxyType(
    {"concepts": _concepts, "tcav": _tcav, "prototypes": _prototypes}
)
"""By the kind of a finding: what answers its question, given model, data set, split and cluster."""


@dataclass(frozen=True, eq=False)
class ReplayedFinding:
    """What became of one finding.

    Attributes:
        before: as it was.
        verdict: how far the new rows are from it; None if there are none.
        said: why there are none, or what is different.
        grades: none; maps have some.
    """

    before: FindingRecord
    verdict: FindingVerdict | None
    said: tuple[str, ...]
    grades: tuple[()] = ()

    @property
    def name(self) -> str:
        """What the lines about it begin with."""
        return self.before.title

    @property
    def state(self) -> str:
        """In one or two words."""
        return FAILED if self.verdict is None else self.verdict.state

    def row(self) -> dict[str, Any]:
        """A row of the table, as maps have it."""
        difference = None if self.verdict is None else self.verdict.difference
        return {
            "method": self.before.kind,
            "target": self.before.title,
            "model": ", ".join(self.before.models),
            "result": self.state,
            "difference": "-" if difference is None else f"{difference:.3g}",
            **dict.fromkeys(("share", "correlation", "grades"), "-"),
        }


def replay_finding(found: FindingRecord, folders: Places, scheduler: str | None) -> ReplayedFinding:
    """A finding, computed anew and compared.

    Args:
        found: as it stands in the bundle.
        folders: data sets that are not among those that Vitrine knows.
        scheduler: address of a Dask cluster, or None.
    """
    try:
        if found.kind not in AGAIN:
            raise StoreError("There is no command for findings of the kind {kind!r}.", kind=found.kind[:40])
        for key, fingerprint in found.models.items():
            refuse_another_model(key, fingerprint)
        asked = {
            "model": next(iter(found.models)),
            "data": _place_of(found, folders),
            "split": found.split,
            "scheduler": scheduler,
        }
        verdict = compare_findings(found.rows, AGAIN[found.kind](found, asked))
    except VitrineError as error:
        return ReplayedFinding(found, None, (str(error),))
    except (KeyError, TypeError, ValueError):  # a question of a stranger's making
        return ReplayedFinding(found, None, ("The bundle does not say what was asked.",))
    return ReplayedFinding(found, verdict, (verdict.said,) if verdict.said else ())


def _place_of(found: FindingRecord, folders: Places) -> str:
    """Key or folder of the data set as it was.

    Raises:
        DataSetError: it is not here.
    """
    with suppress(DataSetError):  # a folder that the bundle names is not opened: it may be a stranger's
        if data_set_of(found.data).digest == found.digest:
            return found.data
    for folder in folders:
        if data_set_at(str(folder)).digest == found.digest:
            return str(folder)
    text = "The data set {key} is not here as it was. Please say where it is: --data FOLDER."
    raise DataSetError(text, key=found.data[:80])
