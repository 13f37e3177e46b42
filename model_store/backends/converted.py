"""Store of converted networks, with what was found out about them.

It lies beside the models that are downloaded, a folder for each fingerprint.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engine.model import Backend, ModelFacts, TargetLayer
from settings import settings

FORMAT = 1
RECORD, NETWORK, GRADIENTS = "record.json", "network.xml", "gradients.xml"


@dataclass(frozen=True)
class Converted:
    """What is known of a model before it is loaded.

    Attributes:
        target_layers: see ``engine.model.LoadedModel``.
        traits: see ``engine.model.LoadedModel``.
        machines: what runs it best, by a name for machine and libraries.
        gradients: what its gradients are computed by, in the same way; what was not tried yet is missing.
    """

    target_layers: tuple[TargetLayer, ...]
    traits: frozenset[str]
    machines: dict[str, Backend] = field(default_factory=dict)
    gradients: dict[str, Backend] = field(default_factory=dict)


def converted_base() -> Path:
    """The folder of all converted networks, whether it exists or not."""
    return settings().models / "converted"


def converted_folder(facts: ModelFacts) -> Path:
    """Where the converted network of a model is, whether it exists or not."""
    return converted_base() / f"{facts.key.replace('/', '-')}-{facts.fingerprint[:16]}"


def read_converted(folder: Path) -> Converted | None:
    """What is there, or None where nothing is, or nothing that can be read or run."""
    try:
        record: dict[str, Any] = json.loads((folder / RECORD).read_text("utf-8"))
        machines, gradients = (
            {machine: Backend(**backend) for machine, backend in record.get(kind, {}).items()}
            for kind in ("machines", "gradients")
        )
        known = Converted(
            tuple(TargetLayer(**target_layer) for target_layer in record["taps"]),
            frozenset(record["traits"]),
            machines,
            _usable(gradients, (folder / GRADIENTS).is_file()),
        )
        needed = any(backend.name != Backend.name for backend in machines.values())
        return known if record["format"] == FORMAT and ((folder / NETWORK).is_file() or not needed) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _usable(gradients: dict[str, Backend], there: bool) -> dict[str, Backend]:
    """What was found out about gradients, without what is gone."""
    return {name: backend for name, backend in gradients.items() if there or backend.name == Backend.name}


def keep_record(folder: Path, known: Converted) -> None:
    """Writes what is known of a model, at once or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record = {
        "format": FORMAT,
        "taps": [asdict(target_layer) for target_layer in known.target_layers],
        "traits": sorted(known.traits),
    }
    found = {
        kind: {machine: asdict(backend) for machine, backend in backends.items()}
        for kind, backends in (("machines", known.machines), ("gradients", known.gradients))
    }
    waiting = folder / f"{RECORD}.{os.getpid()}"
    waiting.write_text(json.dumps(record | found, indent=2) + "\n", "utf-8")
    os.replace(waiting, folder / RECORD)


def keep_network(folder: Path, make: Callable[[Path], None]) -> None:
    """Writes the network by calling ``make`` with its path, where it is not there yet; at once or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    if (folder / NETWORK).is_file():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=folder.parent))
    try:
        make(unfinished / NETWORK)
        _put(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def add_network(folder: Path, name: str, make: Callable[[Path], None]) -> None:
    """Writes another network beside one that is there, by calling ``make`` with its path, at once or not at
    all.

    Raises:
        OSError: the folder cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="unfinished-", dir=folder.parent) as unfinished:
        made = Path(unfinished) / name
        make(made)
        for suffix in (".bin", ".xml"):  # the .xml comes last: where it is, the network is whole
            os.replace(made.with_suffix(suffix), (folder / name).with_suffix(suffix))


def _put(unfinished: Path, folder: Path) -> None:
    """Gives a finished folder its name; another process may have been faster."""
    try:
        unfinished.rename(folder)
    except OSError:
        if not (folder / NETWORK).is_file():  # something else of that name, such as a damaged one
            shutil.rmtree(folder)
            unfinished.rename(folder)
