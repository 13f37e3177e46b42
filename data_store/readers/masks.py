"""Images with masks beside them: ``images/NAME.*`` and ``labels/NAME.png``, anywhere in a folder."""

from pathlib import PurePosixPath

from data_store.base.listing import FolderFiles
from data_store.base.words import Draft, Item
from data_store.readers.unlabelled import split_in
from engine.errors import DataSetError

IMAGES = "images"
MASKS = ("labels", "masks", "annotations")
"""Names of the folder of masks beside that of the images."""
_CITY_IMAGES, _CITY_MASKS = "leftImg8bit", "gtFine"
_CITY_ENDS = ("_leftImg8bit", "_gtFine_labelIds.png")


def fits_masks(files: FolderFiles) -> bool:
    """Whether there are a folder of images and one of masks."""
    folders = {folder for path in files.images for folder in path.split("/")[:-1]}
    return IMAGES in folders and not folders.isdisjoint(MASKS)


def read_masks(files: FolderFiles) -> Draft:
    """Images in a folder ``images`` with their masks; those without one stay unlabelled.

    Raises:
        DataSetError: no image has one.
    """
    paths = [path for path in files.images if IMAGES in path.split("/")[:-1]]
    items = tuple(Item(path, mask=_mask_of(path, files), split=split_in(path)) for path in paths)
    if not any(item.mask for item in items):
        raise DataSetError(
            "No image has a mask: {image} needs a PNG of the same name in {folders}.",
            image=paths[0],
            folders=", ".join(MASKS),
        )
    return Draft(items, (), "segmentation")


def _mask_of(path: str, files: FolderFiles) -> str | None:
    parts = tuple(path.split("/"))
    if IMAGES not in parts[:-1]:
        return None
    place = len(parts) - 2 - parts[-2::-1].index(IMAGES)
    name = PurePosixPath(path).stem + ".png"
    tried = ("/".join((*parts[:place], folder, *parts[place + 1 : -1], name)) for folder in MASKS)
    return next((mask for mask in tried if mask in files), None)


def fits_cityscapes(files: FolderFiles) -> bool:
    """Whether the folder is laid out as Cityscapes is."""
    return any(path.startswith(f"{_CITY_IMAGES}/") for path in files.images)


def read_cityscapes(files: FolderFiles) -> Draft:
    """``leftImg8bit/SPLIT/CITY/X_leftImg8bit.png`` with ``gtFine/SPLIT/CITY/X_gtFine_labelIds.png``.

    The masks of the published test part say nothing, so its images stay unlabelled.
    """
    paths = [path for path in files.images if path.startswith(f"{_CITY_IMAGES}/")]
    items = []
    for path in paths:
        split, mask = split_in(path), _city_mask(path)
        known = mask in files and split != "test"
        items.append(Item(path, mask=mask if known else None, split=split))
    return Draft(tuple(items), (), "segmentation", "cityscapes")


def _city_mask(path: str) -> str:
    place = PurePosixPath(path)
    end, mask_end = _CITY_ENDS
    name = place.stem.removesuffix(end) + mask_end
    return "/".join((_CITY_MASKS, *place.parts[1:-1], name))
