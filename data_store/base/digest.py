"""What a data set is, as one short text, wherever its folder lies and whenever its files were copied."""

import hashlib
import json
from collections.abc import Iterable

from data_store.base.files import read_bytes, read_end
from data_store.base.listing import FolderFiles
from data_store.base.words import Draft, Item

FORMAT = "data set 1"
END_BYTES = 1024
"""So many bytes at the end of each file are read: formats of images are compressed and have sums there, so
another image of the same size has another end.
"""


def data_digest(draft: Draft, files: FolderFiles | None = None, more: Iterable[str] = ()) -> str:
    """Hex sha256 of the items with their labels, of sources, and of the sizes and ends of files.

    Args:
        draft: the content.
        files: the folder that it lies in; None where it has no files.
        more: what else it depends on.

    Raises:
        DataSetError: a file has gone.
    """
    digest = hashlib.sha256()
    head = [FORMAT, draft.labels, draft.task, draft.mapping, draft.columns, list(more)]
    digest.update(_line(head))
    if files is not None:
        for path in draft.sources:
            digest.update(hashlib.sha256(read_bytes(files.root / path, files.sizes[path])).digest())
    for item in draft.items:
        digest.update(_line([item.id, item.label, item.mask, item.split, item.columns]))
        if files is not None:
            digest.update(_files_of(item, files))
    return digest.hexdigest()


def _files_of(item: Item, files: FolderFiles) -> bytes:
    """Sizes and ends of an item's files."""
    paths = (item.id,) if item.mask is None else (item.id, item.mask)
    sizes = [files.sizes.get(path, 0) for path in paths]
    ends = (read_end(files.root / path, size, END_BYTES) for path, size in zip(paths, sizes, strict=True))
    return _line(sizes) + b"".join(ends)


def _line(content: object) -> bytes:
    return json.dumps(content).encode() + b"\n"
