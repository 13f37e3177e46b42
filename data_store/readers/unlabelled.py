"""Images without labels, anywhere in a folder."""

from data_store.base.listing import FolderFiles
from data_store.base.words import SPLITS, Draft, Item


def fits_all(files: FolderFiles) -> bool:
    """Whatever has images can be read so."""
    return bool(files.images)


def read_unlabelled(files: FolderFiles) -> Draft:
    """All images; a first folder called as a split is one."""
    return Draft(tuple(Item(path, split=split_in(path)) for path in files.images))


def split_in(path: str) -> str:
    """The split that a folder of a path is called as, the outermost first; "" where none is."""
    folders = path.lower().split("/")[:-1]
    return next((SPLITS[folder] for folder in folders if folder in SPLITS), "")
