"""Removal of rows from tables of measures, by the digests of their items."""

import logging
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from compute.base.parquet import DAMAGE, opened_table
from compute.measure.measure import ITEM
from engine.errors import StoreError
from replacing import replacing

logger = logging.getLogger(__name__)


def forget_rows(root: Path, digests: Collection[str]) -> None:
    """Remove the rows of some items from the tables of all questions below a folder."""
    wanted = pa.array(list(digests), pa.string())
    for path in sorted(root.glob("*/*.parquet")) if len(wanted) else ():
        try:
            _forget_in(path, wanted)
        except (*DAMAGE, StoreError) as error:
            logger.warning("a part of a table is not looked through: %s", error)


def _forget_in(path: Path, digests: pa.Array) -> None:
    with opened_table(path) as stored:
        gone = pc.is_in(stored.read([ITEM])[ITEM], digests)
        if not pc.any(gone).as_py():
            return
        kept = stored.read().filter(pc.invert(gone))
    if not len(kept):
        path.unlink()
        return
    with replacing(path) as file:
        pq.write_table(kept, file, compression="zstd")
