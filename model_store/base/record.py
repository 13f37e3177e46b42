"""Digests of model files: ``download.json`` of what was downloaded, ``sha256sums.txt`` of what ships.

A damaged file is noticed before it is read.
"""

import json
import os
from pathlib import Path

from engine.errors import ModelError
from model_store.base.folders import read_json, sha256_of

RECORD = "download.json"
SUMS = "sha256sums.txt"
"""As ``sha256sum`` writes and checks it."""


def write_record(folder: Path, repo_id: str, revision: str, names: tuple[str, ...]) -> None:
    """Writes where the files came from, with their sizes and digests; at once or not at all."""
    files = {
        name: {"size": (folder / name).stat().st_size, "sha256": sha256_of(folder / name)} for name in names
    }
    unfinished = folder / (RECORD + ".unfinished")
    unfinished.write_text(
        json.dumps({"repo": repo_id, "revision": revision, "files": files}, indent=2) + "\n", "utf-8"
    )
    os.replace(unfinished, folder / RECORD)


def recorded_files(folder: Path) -> dict[str, object]:
    """What is known of each downloaded file, by name; empty where there is no record.

    Raises:
        ModelError: the record is damaged.
    """
    if not (folder / RECORD).is_file():
        return {}
    files = read_json(folder / RECORD).get("files")
    if not isinstance(files, dict):
        raise ModelError(
            "The file {record} is damaged. Please remove it, or download the model again.",
            record=folder / RECORD,
        )
    return files


def changed_files(folder: Path) -> tuple[str, ...]:
    """Names of downloaded files that are missing or no longer what was downloaded.

    Sizes are looked at first; a digest is made once for each state of a file.

    Raises:
        ModelError: the record is damaged.
    """
    return tuple(name for name, facts in recorded_files(folder).items() if _changed(folder / name, facts))


def refuse_changes(folder: Path, title: str) -> None:
    """Lets only what was downloaded, or put there by hand, be read.

    Raises:
        ModelError: a downloaded file is damaged; the sentence names it.
    """
    changed = changed_files(folder)
    if changed:
        raise ModelError(
            "{files} of {title} is not what was downloaded. Please download it again, or remove "
            "{record} to use it as it is.",
            files=", ".join(changed),
            title=title,
            record=folder / RECORD,
        )


def seal(folder: Path) -> None:
    """Writes down what an exported model consists of; texts about it are left out."""
    names = sorted(path.name for path in folder.iterdir() if path.suffix in (".json", ".safetensors"))
    (folder / SUMS).write_text("".join(f"{sha256_of(folder / name)}  {name}\n" for name in names), "utf-8")


def refuse_broken_seal(folder: Path, title: str) -> None:
    """Lets only what was exported be read, where that was written down.

    Raises:
        ModelError: a file is missing or damaged; the sentence names it.
    """
    if not (folder / SUMS).is_file():
        return
    sums = [line.partition("  ") for line in (folder / SUMS).read_text("utf-8").splitlines()]
    broken = [
        name
        for digest, _, name in sums
        if not (folder / name).is_file() or sha256_of(folder / name) != digest
    ]
    if broken:
        raise ModelError(
            "{files} of {title} is not what came with Vitrine. Please install Vitrine again, or "
            "remove {sums} to use it as it is.",
            files=", ".join(broken),
            title=title,
            sums=folder / SUMS,
        )


def _changed(path: Path, facts: object) -> bool:
    if not isinstance(facts, dict) or not path.is_file() or path.stat().st_size != facts.get("size"):
        return True
    return sha256_of(path) != facts.get("sha256")
