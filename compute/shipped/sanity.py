"""Files of shipped randomisation tests: one for each model, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from compute.work.predict import Making
from compute.work.sanity.asking import asked_method
from compute.worker.sources import model_source
from engine.errors import VitrineError
from engine.methods import METHODS
from engine.sanity.outcome import SanityOutcome
from model_store.catalogue import ModelRef

FORMAT = 1
FOLDER = Path(__file__).resolve().parents[2] / "samples" / "sanity"
KEPT = 32


@dataclass(frozen=True)
class MethodSanity:
    """What was found about a method.

    Attributes:
        outcome: over all images.
        params: with which its maps were made.
        images: titles of the images.
        seeds: fully random networks.
        cascade: random networks of each depth before that.
    """

    outcome: SanityOutcome
    params: Mapping[str, Any]
    images: tuple[str, ...]
    seeds: int
    cascade: int

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {**asdict(self), "outcome": self.outcome.to_json()}

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> MethodSanity:
        """What ``to_json`` made."""
        outcome, images = SanityOutcome.of(facts["outcome"]), tuple(facts["images"])
        return cls(outcome, facts["params"], images, facts["seeds"], facts["cascade"])


@dataclass(frozen=True)
class ModelSanity:
    """What was found about the methods of a model.

    Attributes:
        fingerprint: of the model.
        made: when and on what.
        methods: by key.
    """

    fingerprint: str
    made: Making
    methods: Mapping[str, MethodSanity]


def sanity_path(ref: ModelRef) -> Path:
    """The file of a model, whether it is there or not."""
    return FOLDER / f"{ref.key}.json"


def write_sanity(path: Path, found: ModelSanity) -> None:
    """Write the file of a model."""
    methods = {key: one.to_json() for key, one in found.methods.items()}
    content = {
        "format": FORMAT,
        "fingerprint": found.fingerprint,
        "made": asdict(found.made),
        "methods": methods,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", "utf-8")


def read_sanity(path: Path) -> ModelSanity | None:
    """What a file says, or None where there is none of this format."""
    if not path.is_file():
        return None
    content = json.loads(path.read_text("utf-8"))
    if content["format"] != FORMAT:
        return None
    methods = {key: MethodSanity.of(facts) for key, facts in content["methods"].items()}
    return ModelSanity(content["fingerprint"], Making(**content["made"]), methods)


def shipped_sanity(ref: ModelRef, method: str) -> MethodSanity | None:
    """What was shipped of a method as it is asked today and a model with its present weights, if anything."""
    found = _read(ref)
    if found is None:
        return None
    try:
        facts = model_source().facts(ref)
    except VitrineError:  # its files are not here
        return None
    one = found.methods.get(method) if facts.fingerprint == found.fingerprint else None
    return one if one is not None and is_present(method, one) else None


def is_present(method: str, found: MethodSanity) -> bool:
    """Whether a method is asked today as it was then."""
    known = METHODS.get(method)
    return known is not None and asked_method(known).params.as_dict() == found.params


@lru_cache(maxsize=KEPT)
def _read(ref: ModelRef) -> ModelSanity | None:
    return read_sanity(sanity_path(ref))
