"""Folders for the results of commands, and what all of them hold."""

import re
from pathlib import Path
from typing import Any

from commands.terminal import json_text
from engine.errors import StoreError


def make_folder(folder: Path) -> None:
    """Make the folder for the results before anything is paid for.

    Raises:
        StoreError: it cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            "The folder {folder} cannot be made: {reason}.", folder=folder, reason=error.strerror
        ) from error


def folder_slug(text: str) -> str:
    """The name of a layer or a target as that of a folder."""
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")


def write_manifest(folder: Path, facts: dict[str, Any]) -> None:
    """Write ``manifest.json`` into a folder."""
    (folder / "manifest.json").write_text(json_text(facts) + "\n", "utf-8")
