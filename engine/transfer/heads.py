"""What was learnt, as the last layers of a network: from the features of a layer to a score of each class."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Floats, Reals
from engine.errors import TransferError
from engine.transfer.fitting import TrainedClassifier
from engine.transfer.kernels import Kernel, SeenImages, gram
from engine.transfer.machines import LinearMachine
from engine.transfer.preparing import Preparation


@dataclass(frozen=True, eq=False)
class KernelStep:
    """Kernels with the support vectors.

    Attributes:
        kernel: which one.
        vectors: float32 (V, P), prepared features of the support vectors.
    """

    kernel: Kernel
    vectors: Floats


@dataclass(frozen=True, eq=False)
class ClassifierHead:
    """The steps of a head, in order.

    Attributes:
        preparation: of the features (D,), giving (P,).
        kernel: kernels with V support vectors; None: scores are linear in the prepared features.
        weights: float32 (P or V, K).
        bias: float32 (K,).
        probable: whether a softmax of the scores gives probabilities; those of an SVM are margins.
    """

    preparation: Preparation
    kernel: KernelStep | None
    weights: Floats
    bias: Floats
    probable: bool

    def scores(self, features: AnyFloats) -> Floats:
        """float32 (N, K) of features (N, D), as the network that is made of it gives them."""
        rows = self.preparation(features)
        if self.kernel is not None:
            seen = SeenImages.of(rows, self.kernel.vectors)
            rows = np.asarray(gram(self.kernel.kernel, seen), np.float32)
        return rows @ self.weights + self.bias


def classifier_head(trained: TrainedClassifier) -> ClassifierHead:
    """The head that gives the scores of a classifier; all that is linear in it is one matrix.

    Raises:
        TransferError: nearest neighbours are no network.
    """
    machine, row = trained.machine, trained.setting.row
    if not isinstance(machine, LinearMachine):
        raise TransferError("Nearest neighbours keep all training images: they do not become a model.")
    training, bias = trained.training, machine.bias.astype(np.float32)
    used = np.flatnonzero(machine.weights.any(axis=1)) if row.square else None
    if row.shape in (None, "linear"):
        weights = machine.weights
        if used is not None:  # from kernels with the support vectors to the features themselves
            weights = training.seen.features[used].T.astype(np.float64) @ machine.weights[used]
        return _linear(training.preparation, weights, machine.bias, row.probable)
    assert used is not None
    step = KernelStep(trained.kernel, training.seen.features[used])
    support = np.asarray(machine.weights[used], np.float32)
    return ClassifierHead(training.preparation, step, support, bias, row.probable)


def _linear(prepared: Preparation, weights: Reals, bias: Reals, probable: bool) -> ClassifierHead:
    """A linear classifier with the scaler and the components in its weights."""
    whole = weights if prepared.basis is None else prepared.basis.astype(np.float64) @ weights
    whole = prepared.scale[:, None].astype(np.float64) * whole
    shifted = bias - prepared.mean.astype(np.float64) @ whole
    width = len(prepared.mean)
    plain = Preparation(prepared.normalise, np.zeros(width, np.float32), np.ones(width, np.float32))
    return ClassifierHead(plain, None, whole.astype(np.float32), shifted.astype(np.float32), probable)
