"""A classifier on features as a network: the file of a Keras model, made in a worker."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from compute.base.keys import FORMAT, digest_of
from compute.transfer.grids import Representation
from compute.transfer.order import LearningTable
from compute.work.contract import AnswerSheet, AnswerView, Order, Part
from compute.worker.sources import model_source
from compute.worker.tasks import guarded
from engine.transfer.fitting import train
from engine.transfer.heads import classifier_head
from engine.transfer.table import TransferSetting
from model_store.catalogue import ModelRef


@dataclass(frozen=True)
class NetworkSpec:
    """What workers are told.

    Attributes:
        ref: the model that has the features.
        what: which of them.
        setting: the row, with its strength.
    """

    ref: ModelRef
    what: Representation
    setting: TransferSetting


@dataclass(frozen=True, eq=False)
class NetworkOrder(Order[AnswerView[Any, bytes]]):
    """The bytes of a ``.keras`` file: the model up to a layer, then the classifier; learnt anew from the same
    features.

    Attributes:
        spec: which row.
        table: features and classes.
    """

    kind: ClassVar[str] = "transfer-network"

    spec: NetworkSpec
    table: LearningTable

    @property
    def key(self) -> str:
        fingerprint = model_source().facts(self.spec.ref).fingerprint
        asked = fingerprint, asdict(self.spec.what), asdict(self.spec.setting)
        return f"transfer-network-{digest_of(FORMAT, *asked, self.table.digest)}"

    @property
    def identity(self) -> Hashable:
        return self.spec, self.table.digest

    @property
    def run(self) -> Callable[..., bytes]:
        return write_network

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"table": self.table}

    def view(self, sheet: AnswerSheet) -> AnswerView[Any, bytes]:
        return AnswerView(self, sheet)


@guarded
def write_network(_part: Part, asked: NetworkSpec, table: LearningTable) -> bytes:
    """Learn the row again, and write it behind the layers of its model."""
    from model_store.loading.with_head import keras_file_with_head

    head = classifier_head(train(table.prepared(asked.setting), asked.setting))
    return keras_file_with_head(asked.ref, asked.what.layer, asked.what.pooling, head)
