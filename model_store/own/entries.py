"""Own models as entries of the catalogue."""

import hashlib
import json
import logging
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from engine.errors import ModelError
from engine.phrase import Phrase, later
from model_store.base.entries import Entry
from model_store.base.folders import sha256_of
from model_store.base.palettes import CITYSCAPES, categories_of_cityscapes
from model_store.own.label_sets import chosen_colours
from model_store.own.model import OwnModel
from model_store.own.store import find_own, shared_keys
from model_store.own.toml import WORDS
from settings import settings

NO_LICENCE = "not said"
_DESCRIPTIONS = {
    "segmentation": later("Your own model: it gives every pixel one of {count:,} classes."),
    "classification": later("Your own model: it gives images one of {count:,} classes."),
}

logger = logging.getLogger(__name__)


def shared_entries() -> tuple[Entry, ...]:
    """Models that the server's owner has admitted, by key; one whose ``model.toml`` cannot be used is left
    out, and told in the log.
    """
    found = []
    for key in shared_keys():
        try:
            entry = own_entry(key)
        except ModelError as error:
            _tell(key, str(error))
            continue
        found += [entry] if entry else []
    return tuple(found)


@lru_cache(maxsize=128)
def _tell(key: str, reason: str) -> None:
    """Say in the log why a model is not listed: once, however often the catalogue is asked for."""
    logger.warning("the model %s is not listed: %s", key, reason)


def own_entry(key: str) -> Entry | None:
    """The entry of an own model, listed or not; None where there is none.

    Raises:
        ModelError: its ``model.toml`` cannot be used.
    """
    own = find_own(key)
    if own is None:
        return None
    weights, *others = own.files
    return Entry(
        key=key,
        title=own.title,
        description=Phrase(_DESCRIPTIONS[own.task], count=len(own.labels)),
        task=own.task,
        loader="own",
        labels=own.labels,
        colours=own.colours or chosen_colours(len(own.labels)),
        policy=own.policy,
        licence=own.licence or NO_LICENCE,
        size_mb=_megabytes(settings().own / key, own),
        settings_files=(WORDS, *others),
        weight_files=(weights,),
        grouping=categories_of_cityscapes() if own.labels == tuple(name for name, _ in CITYSCAPES) else None,
        preset=own.preprocessing.known,
        own=True,
    )


def _megabytes(folder: Path, own: OwnModel) -> int:
    nbytes = sum((folder / name).stat().st_size for name in own.files if (folder / name).is_file())
    return -(-nbytes // 10**6)


def words_of_own(key: str) -> OwnModel:
    """What ``model.toml`` of an own model says.

    Raises:
        ModelError: it is gone, or cannot be used.
    """
    own = find_own(key)
    if own is None:
        raise ModelError("The model {key} is no longer there. Please add it again.", key=key[:60])
    return own


def own_fingerprint(entry: Entry, forward: str, grouped: bool) -> str:
    """Hex sha256 over the files, over what is said of them that changes an answer or its names, and over the
    grouping.

    Args:
        entry: of the model.
        forward: the version of what is computed.
        grouped: whether its classes are summed up.

    Raises:
        ModelError: a file is no longer what was admitted; the sentence names it.
    """
    own, folder = words_of_own(entry.key), settings().own / entry.key
    for name, digest in own.files.items():
        if sha256_of(folder / name) != digest:
            raise ModelError(
                "{file} of {title} is not what was admitted. Please add the model again, or "
                "correct its sha256 in {words}.",
                file=name,
                title=own.title,
                words=folder / WORDS,
            )
    said = [
        own.task,
        own.kind,
        own.answer,
        own.labels,
        asdict(own.preprocessing),
        asdict(own.policy),
        dict(own.files),
        *([own.converted] if own.converted else []),
    ]
    return hashlib.sha256(json.dumps([forward, said, grouped], sort_keys=True).encode()).hexdigest()
