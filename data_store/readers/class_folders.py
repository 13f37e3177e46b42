"""Folders of classes: CLASS/IMAGE, or SPLIT/CLASS/IMAGE."""

from data_store.base.listing import FolderFiles
from data_store.base.words import SPLITS, Draft, Item


def fits_class_folders(files: FolderFiles) -> bool:
    """Whether all images lie in at least two folders of classes, alike deep."""
    folders = [tuple(path.split("/"))[:-1] for path in files.images]
    return _depth(folders) > 0 and len({parts[-1] for parts in folders}) > 1


def _depth(folders: list[tuple[str, ...]]) -> int:
    """1 for classes, 2 for classes in splits, 0 for neither."""
    depths = {len(parts) for parts in folders}
    if depths == {1}:
        return 0 if all(parts[0].lower() in SPLITS for parts in folders) else 1
    return 2 if depths == {2} and all(parts[0].lower() in SPLITS for parts in folders) else 0


def read_class_folders(files: FolderFiles) -> Draft:
    """Images with the class of their folder; ``_`` in its name is shown as a space."""
    places = [(path, tuple(path.split("/"))) for path in files.images]
    folders = sorted({parts[-2] for _, parts in places})
    order = {folder: index for index, folder in enumerate(folders)}
    items = tuple(
        Item(path, label=order[parts[-2]], split=SPLITS[parts[0].lower()] if len(parts) == 3 else "")
        for path, parts in places
    )
    return Draft(items, tuple(folder.replace("_", " ") for folder in folders), "classification")
