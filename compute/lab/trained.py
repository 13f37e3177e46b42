"""What a training left in its folder: a model, and names of its classes."""

import json
from pathlib import Path

from engine.errors import ExperimentError
from model_store.own.store import stage_upload
from settings import MEGABYTE, settings

MODEL_FILE, LABELS_FILE = "model.keras", "labels.json"
_LARGEST_LABELS = 2**20
"""Bytes."""


def trained_content(folder: Path) -> Path:
    """A copy of the model of a run, staged to be examined as anybody's file.

    Raises:
        VitrineError: there is none, or it is too large.
    """
    path = folder / MODEL_FILE
    limit = settings().own_mb * MEGABYTE
    try:
        if path.stat().st_size > limit:
            raise ExperimentError(
                "The model of {key} is larger than {limit} MB.", key=folder.name, limit=settings().own_mb
            )
        content = path.read_bytes()
    except OSError as error:
        raise ExperimentError("Experiment {key} has no model.", key=folder.name) from error
    return stage_upload(content, MODEL_FILE)


def trained_labels(folder: Path) -> tuple[str, ...]:
    """Names of the classes, in the order of the outputs; empty where they are not there."""
    try:
        with (folder / LABELS_FILE).open("rb") as file:
            said = json.loads(file.read(_LARGEST_LABELS))
    except (OSError, ValueError):
        return ()
    return tuple(map(str, said)) if isinstance(said, list) else ()
