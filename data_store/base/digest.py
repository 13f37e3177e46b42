"""What a data set is, as one short text, wherever its folder lies and whenever its files were copied."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from data_store.base.files import read_bytes, read_end
from data_store.base.listing import FolderFiles
from data_store.base.words import Draft, Item

FORMAT = "data set 2"
END_BYTES = 1024
"""So many bytes at the end of each file are read: formats of images are compressed and have sums there, so
another image of the same size has another end.
"""


@dataclass(frozen=True)
class Digests:
    """What tells data sets and images apart.

    Attributes:
        whole: hex sha256 of a data set: its items with their labels, sources, and sizes and ends of files.
        items: 16 hex digits for each item: of its name, class and files; equal in every set that has it.
    """

    whole: str
    items: tuple[str, ...]


def data_digests(
    draft: Draft, files: FolderFiles | None = None, more: Iterable[str] = (), end: int = END_BYTES
) -> Digests:
    """Digests of a data set and of its items.

    Args:
        draft: the content.
        files: the folder that it lies in; None where it has no files.
        more: what else it depends on.
        end: so many bytes of each file count, from its end.

    Raises:
        DataSetError: a file has gone.
    """
    digest, extra = hashlib.sha256(), list(more)
    digest.update(_line([FORMAT, draft.labels, draft.task, draft.mapping, draft.columns, extra]))
    if files is not None:
        for path in draft.sources:
            digest.update(hashlib.sha256(read_bytes(files.root / path, files.sizes[path])).digest())
    items = []
    for item in draft.items:
        label = None if item.label is None else draft.labels[item.label]
        content = b"" if files is None else _files_of(item, files, end)
        items.append(hashlib.sha256(_line([item.id, label, item.mask, extra]) + content).hexdigest()[:16])
        digest.update(_line([items[-1], item.split, item.columns]))
    return Digests(digest.hexdigest(), tuple(items))


def _files_of(item: Item, files: FolderFiles, end: int) -> bytes:
    """Sizes and ends of an item's files."""
    paths = (item.id,) if item.mask is None else (item.id, item.mask)
    sizes = [files.sizes.get(path, 0) for path in paths]
    ends = (read_end(files.root / path, size, end) for path, size in zip(paths, sizes, strict=True))
    return _line(sizes) + b"".join(ends)


def _line(content: object) -> bytes:
    return json.dumps(content).encode() + b"\n"
