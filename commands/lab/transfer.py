"""`transfer`: classifiers on features of a model, from one part of a data set, asked about another one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from commands.data.embed import layer_of, readable_image
from commands.lab.grid import NOTE, GridRows, GridWords, note_grid
from commands.lab.results import check_place, write_results
from commands.models.doctor import AdmitOptions, admit_place
from commands.runners import images_bar, open_runner, rows_bar
from compute.lab.transfer_runs import TransferRun, keep_transfer
from compute.run.runners import Runner, predict_with
from compute.transfer.grids import Representation
from compute.transfer.learning import TEST, TRAIN, feature_orders, learning_ref, learning_table, tested_images
from compute.transfer.network_order import NetworkOrder, NetworkSpec
from compute.transfer.order import LearningTable, TransferOrder, TransferSpec
from data_store.base.words import DataSet
from data_store.catalogue import data_set_at
from engine.errors import TransferError
from engine.transfer.rows import RowPair, TransferRow, chosen_on_training, compare_rows, ranked_rows
from model_store.catalogue import ModelRef, entry_of


@dataclass(frozen=True)
class TransferQuestion:
    """What is asked, as it was typed.

    Attributes:
        model: key of the model.
        data: key or folder of a data set with a training and a test part.
        layers: names of target layers; the best one where there are none.
        words: rows for each of them.
        grid: name of a grid in place of layers and words; "" for none.
        out: CSV, Parquet or LaTeX file for the table, or None.
        admit: key under which the row chosen on the training part becomes a model; "" for none.
        scheduler: address of a Dask cluster, or None.
    """

    model: str
    data: str
    layers: tuple[str, ...] = ()
    words: GridWords = field(default_factory=GridWords)
    grid: str = ""
    out: Path | None = None
    admit: str = ""
    scheduler: str | None = None


@dataclass(frozen=True, eq=False)
class FinishedRow:
    """A row with what it was computed from.

    Attributes:
        row: of the table.
        what: the features.
        table: features and classes.
        feature_seconds: in which the model gave the features of both parts; 0 where they were stored.
        images: names of those of the test part.
    """

    row: TransferRow
    what: Representation
    table: LearningTable
    feature_seconds: float
    images: Sequence[str] = ()


def transfer_table(asked: TransferQuestion) -> dict[str, Any]:
    """Learn all rows, write the table, admit a model; what was found as plain values.

    Raises:
        VitrineError: the question cannot be answered; wrong words are found before the model runs.
    """
    check_place(asked.out)
    if asked.grid not in ("", NOTE):
        raise TransferError("There is no grid {name!r}; there is {known}.", name=asked.grid[:40], known=NOTE)
    data, ref = data_set_at(asked.data), ModelRef.parse(asked.model)
    feature_orders(ref, data, Representation(""))  # the data set fits before a model is loaded
    asked.words.rows(())
    with open_runner(asked.scheduler) as runner:
        done = [row for rows in _grid(asked, runner, ref, data) for row in _learnt(runner, ref, data, rows)]
        pairs = compare_rows([one.row.right for one in done])
        order, chosen = ranked_rows([one.row for one in done]), chosen_on_training([one.row for one in done])
        rows = table_rows(done, pairs, order, chosen)
        write_results(rows, asked.out)
        keep_experiments(ref, data, done)
        best = chosen if chosen is not None else order[0]
        network = _network(runner, ref, done[best]) if asked.admit else None
    facts = {
        "model": str(learning_ref(ref)),
        "data": data.key,
        "digest": data.digest,
        "train_images": len(done[0].table.truth),
        "test_images": len(done[0].table.test_truth),
        "classes": list(data.labels),
        "rows": rows,
        "pairs": [vars(pair) for pair in pairs],
    }
    if network is not None:
        facts["admitted"] = _admit(asked, data, done[best], network)
    return facts


def _grid(asked: TransferQuestion, runner: Runner, ref: ModelRef, data: DataSet) -> Sequence[GridRows]:
    sample = readable_image(data, learning_ref(ref), TRAIN)
    if asked.grid == NOTE:
        layers = predict_with(runner, learning_ref(ref), sample).target_layers
        return note_grid([layer.name for layer in layers])
    names = [layer_of(runner, learning_ref(ref), sample, name) for name in asked.layers or (None,)]
    return asked.words.rows(names)


def _learnt(runner: Runner, ref: ModelRef, data: DataSet, rows: GridRows) -> list[FinishedRow]:
    with images_bar() as follow:
        views = [runner.run(order, follow) for order in feature_orders(ref, data, rows.what)]
    for view in views:
        view.sheet.shelf.flush()
    table = learning_table(*views)
    images = tested_images(views[1])
    seconds = sum(view.progress().seconds_spent for view in views)
    with rows_bar() as follow:
        found = runner.run(TransferOrder(TransferSpec(rows.settings), table), follow).rows()
    return [FinishedRow(found[place], rows.what, table, seconds, images) for place in sorted(found)]


def table_rows(
    done: Sequence[FinishedRow], pairs: Sequence[RowPair], order: Sequence[int], chosen: int | None
) -> list[dict[str, Any]]:
    """Rows of the table as plain values, the best first.

    Args:
        done: rows as they were asked for.
        pairs: of all of them.
        order: places of the rows, the best first.
        chosen: place of the row that the training part chooses.
    """
    best = order[0]
    against = {
        (pair.second if pair.first == best else pair.first): pair
        for pair in pairs
        if best in (pair.first, pair.second)
    }
    return [_plain(done[place], against.get(place)) | {"chosen": place == chosen} for place in order]


def _plain(one: FinishedRow, pair: RowPair | None) -> dict[str, Any]:
    row, setting = one.row, one.row.setting
    low, high = row.interval
    return {
        "layer": one.what.layer,
        "pooling": one.what.pooling,
        "features": int(one.table.training.shape[1]),
        "classifier": setting.classifier,
        "pca": setting.preparation.pca or 0.0,
        "dimensions": row.dimensions,
        "image_bytes": row.image_bytes,
        "strength": setting.strength,
        "tuned": row.chosen,
        "validation": row.validation,
        "accuracy": row.accuracy,
        "low": low,
        "high": high,
        "p_against_best": pair.adjusted if pair else float("nan"),
        "choosing_s": row.choosing_seconds,
        "fit_s": row.fit_seconds,
        "predict_s": row.predict_seconds,
        "features_s": one.feature_seconds,
    }


def keep_experiments(ref: ModelRef, data: DataSet, done: Sequence[FinishedRow]) -> None:
    """Write a row of the table of experiments for each classifier."""
    for one in done:
        keep_transfer(TransferRun(learning_ref(ref), data, one.what, one.row, one.images))


def _network(runner: Runner, ref: ModelRef, best: FinishedRow) -> bytes:
    content = runner.run(NetworkOrder(NetworkSpec(ref, best.what, best.row.setting), best.table)).result()
    assert content is not None
    return content


def _admit(asked: TransferQuestion, data: DataSet, best: FinishedRow, network: bytes) -> dict[str, Any]:
    """Put the network of a row into the catalogue, through the examination that strangers' models pass."""
    entry, row = entry_of(ModelRef.parse(asked.model)), best.row
    title = f"{row.setting.row.title}, {data.title}"
    with TemporaryDirectory() as folder:
        place, names = Path(folder) / "model.keras", Path(folder) / "labels.txt"
        place.write_bytes(network)
        names.write_text("\n".join(data.labels) + "\n", "utf-8")
        options = AdmitOptions(
            title=title,
            task="classification",
            labels=str(names),
            preprocessing=entry.preset,
            answer="logits",
            licence=" / ".join(filter(None, (str(entry.licence), str(data.licence)))),
            source=f"{entry.key}, {best.what.layer}, {row.setting.classifier}",
        )
        return admit_place(str(place), options, asked.admit)


def transfer_summary(facts: dict[str, Any]) -> str:
    """The best row in one line, the row that the training part chooses, and what became a model."""
    best = facts["rows"][0]
    lines = [
        f"{facts['train_images']:,} training and {facts['test_images']:,} test images; best: "
        f"{best['classifier']} on {best['layer']} ({best['pooling']}), {best['accuracy']:.3f} "
        f"({best['low']:.3f} to {best['high']:.3f})"
    ]
    chosen = next((row for row in facts["rows"] if row["chosen"]), None)
    if chosen is not None:
        lines.append(
            f"chosen on the training part alone: {chosen['classifier']} on {chosen['layer']} "
            f"({chosen['pooling']}), {chosen['accuracy']:.3f} on the {TEST} part"
        )
    if "admitted" in facts:
        lines.append(f"-> --model {facts['admitted']['key']}")
    return "\n".join(lines)


def short_rows(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows for the terminal."""
    return [
        {
            "layer": f"{row['layer']} {row['pooling']}",
            "classifier": row["classifier"],
            "PCA": f"{row['pca']:.0%}" if row["pca"] else "no",
            "numbers": row["dimensions"],
            "C": f"{row['strength']:g}" + "*" * row["tuned"],
            "accuracy": f"{row['accuracy']:.3f}",
            "95 %": f"{row['low']:.3f} to {row['high']:.3f}",
            "p (Holm)": "" if np.isnan(row["p_against_best"]) else f"{row['p_against_best']:.2g}",
            "fit s": f"{row['fit_s']:.1f}",
            "predict s": f"{row['predict_s']:.1f}",
        }
        for row in facts["rows"]
    ]
