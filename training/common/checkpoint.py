"""Checkpoints: one file with the network, the optimiser, the moving average and where the run stands."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import VitrineError


class CheckpointError(VitrineError):
    """A checkpoint that does not belong to this run, in words."""


@dataclass(frozen=True)
class Position:
    """Where a run stands.

    Attributes:
        step: steps done.
        seconds: time spent learning, over all resumptions.
    """

    step: int = 0
    seconds: float = 0.0


def checkpoint_file(run: Path) -> Path:
    """The newest checkpoint of a run folder."""
    return run / "checkpoint.npz"


def save(run: Path, state: Sequence[Any], position: Position) -> None:
    """Writes a checkpoint; the former one stays until the new one is complete.

    Args:
        run: folder of the run, made if need be.
        state: TensorFlow variables in a fixed order.
        position: where the run stands.
    """
    run.mkdir(parents=True, exist_ok=True)
    arrays = {f"state{number:04d}": variable.numpy() for number, variable in enumerate(state)}
    unfinished = run / "checkpoint.unfinished.npz"
    np.savez(unfinished, position=np.array(json.dumps(asdict(position))), **arrays)
    unfinished.replace(checkpoint_file(run))


def resume(run: Path, state: Sequence[Any]) -> Position:
    """Reads the newest checkpoint into the variables; without one nothing changes.

    Raises:
        CheckpointError: the checkpoint is of another network.
    """
    if not checkpoint_file(run).exists():
        return Position()
    with np.load(checkpoint_file(run)) as archive:
        if len(archive.files) != len(state) + 1:
            found = len(archive.files) - 1
            raise CheckpointError(
                f"{checkpoint_file(run)} is of another network: {found} arrays instead of "
                f"{len(state)}; choose another --out."
            )
        for number, variable in enumerate(state):
            variable.assign(archive[f"state{number:04d}"])
        return Position(**json.loads(str(archive["position"])))
