"""Contract of work over many images: one question asked of each, answered in rows of a table.

A kind of it (explanations; evaluation, embeddings and the like) is one subclass of ``EachImage``; which
images there are, what is done already, how many are under way and where the rows go is the same for all of
them.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from compute.run.runners import Runner, Watch
from compute.worker.sources import model_source
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.model import ModelFacts
from model_store.catalogue import ModelRef

TableRow = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Answers:
    """What was found out about one image.

    Attributes:
        rows: of the table, without what all rows have in common.
        maps: explanations, for the file that the image has of its own; usually none.
    """

    rows: tuple[TableRow, ...]
    maps: tuple[Explanation, ...] = ()


@dataclass(frozen=True)
class EachImage(ABC):
    """A question about each image of a set. Subclasses are frozen dataclasses.

    Attributes:
        ref: the model.
        has_maps: answers are kept in a file for each image, with maps; otherwise as rows in a few files for
            many images.
    """

    has_maps: ClassVar[bool] = False
    ref: ModelRef

    @property
    @abstractmethod
    def schema(self) -> pa.Schema:
        """Columns of the table, among them batch, picture, sha256, warnings and error."""

    @abstractmethod
    def key(self, facts: ModelFacts) -> str:
        """16 hex digits: equal keys give equal answers for equal images."""

    @abstractmethod
    def answer(self, picture: Picture, runner: Runner, watch: Watch) -> Answers:
        """What is found out about one image.

        Args:
            picture: the image.
            runner: runs orders and waits for them.
            watch: follows them.

        Raises:
            VitrineError: the image cannot be answered for.
        """

    def fitting_facts(self) -> ModelFacts:
        """What is known of the model without loading it.

        Raises:
            VitrineError: there is no such model, or the question does not fit it.
        """
        return model_source().facts(self.ref)

    def common(self) -> dict[str, Any]:
        """What all rows have in common, besides the key."""
        return {"model": str(self.ref)}


def failure_row(name: str, sha256: str | None, error: Exception) -> dict[str, Any]:
    """The row of an image without an answer."""
    return {"picture": name, "sha256": sha256, "warnings": [], "error": str(error)}
