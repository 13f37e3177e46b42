"""`evaluate-methods`: many methods graded on the images of a folder or a data set, with bands over images."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from commands.options import setting_texts
from commands.runners import error_bar, open_runner
from commands.terminal import json_text
from commands.trust.method_figures import method_figures, summary_rows
from compute.batch.each import TableRow
from compute.batch.grade_methods import GradeEach
from compute.batch.pictures import BatchItem, list_pictures
from compute.batch.run import Batch
from compute.worker.sources import model_source
from data_store.catalogue import data_set_at
from data_store.images import read_image
from engine.errors import DataSetError, ParamsError
from engine.methods import METHODS, get_method
from engine.model import ModelFacts
from engine.params import Params, from_texts
from engine.trust.pass_params import CommonParams
from engine.trust.tables.columns import get_columns
from engine.visualise.render import png_bytes
from model_store.catalogue import ModelRef
from replacing import replacing

JSON_FILE, CSV_FILE = "summary.json", "summary.csv"
Say = Callable[[str], None]
T = TypeVar("T")


@dataclass(frozen=True)
class EvaluateMethods:
    """What is asked on the command line, as it was typed.

    Attributes:
        model: key in the catalogue.
        images: folder of pictures, or None.
        data: key or folder of a data set; "" without one.
        split: part of the data set; None for all of it.
        methods: keys; all that fit the model without any.
        metrics: keys; all without any.
        settings: NAME=VALUE texts, of the methods that have such a parameter, and of the runs that grade.
        top: so many best classes, or largest zones, of each image.
        limit: so many images at most, spread over all; None for all.
        out: folder for rows and summary; without it nothing is kept.
        scheduler: address of a Dask cluster, or None.
    """

    model: str
    images: Path | None = None
    data: str = ""
    split: str | None = None
    methods: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    top: int = 1
    limit: int | None = None
    out: Path | None = None
    scheduler: str | None = None

    def spec(self) -> GradeEach:
        """What is asked of each image.

        Raises:
            VitrineError: unknown model, method or parameter, a bad value, or a method that does not fit.
        """
        ref = ModelRef.parse(self.model)
        facts = model_source().facts(ref)
        texts = setting_texts(self.settings, "grid=8")
        keys = self.methods or tuple(key for key, method in METHODS.items() if not method.why_not(facts))
        kinds = [*(get_method(key).params for key in keys), CommonParams]
        unknown = next((name for name in texts if not any(_has(kind, name) for kind in kinds)), None)
        if unknown is not None:
            raise ParamsError("None of the methods has a parameter {name!r}.", name=unknown)
        questions = tuple((key, _params_of(key, facts, texts)) for key in keys)
        return GradeEach(ref, questions, from_texts(CommonParams, _some(CommonParams, texts)), self.top)

    def items(self) -> tuple[BatchItem, ...]:
        """The images, in their order.

        Raises:
            VitrineError: there are none, or folder and data set are both named, or neither.
        """
        if (self.images is None) == (not self.data):
            raise DataSetError("Say which images: either --images DIR or --data KEY.")
        if self.images is not None:
            spare = () if self.out is None else (self.out,)
            return spread_items(list_pictures(self.images, spare).items, self.limit)
        data = data_set_at(self.data)
        return tuple(
            BatchItem(item.id, partial(lambda item: png_bytes(read_image(data, item).pixels), item))
            for item in spread_items(data.items_of(self.split), self.limit)
        )


def spread_items(items: Sequence[T], limit: int | None) -> tuple[T, ...]:
    """So many of the items at most, at equal distances: folders often have a class after the other.

    Example:
        >>> spread_items("abcdef", 3)
        ('a', 'c', 'e')
    """
    count = len(items)
    if limit is None or limit >= count:
        return tuple(items)
    return tuple(items[place * count // limit] for place in range(limit))


def _has(kind: type[Params], name: str) -> bool:
    return name in kind.__dataclass_fields__


def _some(kind: type[Params], texts: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if _has(kind, name)}


def _params_of(key: str, facts: ModelFacts, texts: Mapping[str, str]) -> Params:
    method = get_method(key)
    reason = method.why_not(facts)
    if reason is not None:
        raise ParamsError(str(reason))
    return from_texts(method.params, _some(method.params, texts))


def graded_methods(asked: EvaluateMethods, say: Say) -> dict[str, Any]:
    """Grade the methods on the images that have no grades yet; figures of all of them, ready for JSON.

    Raises:
        VitrineError: the question cannot be answered for any image.
    """
    columns, spec, items = get_columns(asked.metrics), asked.spec(), asked.items()
    with _folder(asked.out) as folder:
        batch = Batch(spec, items, folder)
        rows = list(_rows(batch, asked.scheduler, say))
        facts = _about(asked, spec) | method_figures(rows, columns, [key for key, _params in spec.questions])
        if asked.out is not None:
            write_summary(facts, folder)
    return facts


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    """Where rows are kept; a temporary folder where nobody wants them."""
    if out is not None:
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="vitrine-methods-") as name:
        yield Path(name)


def _about(asked: EvaluateMethods, spec: GradeEach) -> dict[str, Any]:
    return {
        "model": str(spec.ref),
        "data": asked.data or None,
        "split": asked.split,
        "top": spec.top,
        "grading": spec.grading.as_dict(),
        "params": {key: params.as_dict() for key, params in spec.questions},
    }


def _rows(batch: Batch, scheduler: str | None, say: Say) -> Iterator[TableRow]:
    """Rows of all images, done before or now; the table is written however it ends."""
    with error_bar("{task.completed:,.0f} of {task.total:,.0f} images") as bar:
        task = bar.add_task("", total=len(batch.items))
        for outcome in batch.done():
            if outcome is not None:
                bar.advance(task)
                yield from outcome.rows
        try:
            with open_runner(scheduler) as runner:
                for outcome in batch.run(runner):
                    bar.advance(task)
                    if outcome.error is not None:
                        say(f"{outcome.name}: {outcome.error}")
                    yield from outcome.rows
        finally:
            batch.write_table()


def write_summary(facts: Mapping[str, Any], folder: Path) -> None:
    """Write the figures as JSON, and as CSV with a row for each method and metric.

    Raises:
        StoreError: they cannot be written.
    """
    from commands.data.tables import write_rows

    with replacing(folder / JSON_FILE) as file:
        file.write(f"{json_text(facts)}\n".encode())
    write_rows(summary_rows(facts), folder / CSV_FILE)


def print_figures(facts: Mapping[str, Any], say: Say) -> None:
    """The recommendations, line by line."""
    for sentence in facts["said"]:
        say(sentence)
    known = {key: value for key, value in facts["agreement"].items() if value is not None}
    if known:
        listed = ", ".join(f"{key} {value:.2f}" for key, value in known.items())
        say(f"Rank correlation over methods with fidelity, best first: {listed}.")
    if facts["halves"] is not None:
        say(f"Fidelity to one half of the samples and to the other one: {facts['halves']:.2f}.")
    for key, reason in facts["refused"].items():
        say(f"{key}: {reason}")
