"""The table of classifiers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.arrays import AnyInts, Array, Floats
from engine.errors import TransferError
from engine.phrase import later
from engine.transfer.kernels import Kernel, SeenImages, Shape, gram, scaled_gamma, unsaturated_gamma
from engine.transfer.machines import Machine, fit_logistic, fit_neighbours, fit_svm
from engine.transfer.preparing import PreparationParams

STRENGTHS = (0.1, 1.0, 10.0, 100.0)
NEIGHBOURS = (1.0, 3.0, 5.0, 9.0, 15.0)


_GAMMAS: Mapping[Shape, Callable[[Floats], float]] = {
    "linear": lambda _training: 1.0,
    "rbf": scaled_gamma,
    "sigmoid": unsaturated_gamma,
    "poly": scaled_gamma,
}


@dataclass(frozen=True)
class Classifier:
    """A row.

    Attributes:
        key: its name in commands.
        title: its name for people.
        fit: learns from what is looked at, classes (N,) and a strength.
        tried: strengths that cross-validation chooses from.
        shape: of its kernel; None: it has none.
        looks: what it looks at, of images and a kernel.
        square: whether that has a column for each training image.
        strength: what the number is called.
        probable: whether a softmax of its scores gives probabilities.
        exported: whether it can become a model of the catalogue.
    """

    key: str
    title: str
    fit: Callable[[Array, AnyInts, float], Machine]
    tried: tuple[float, ...] = STRENGTHS
    shape: Shape | None = None
    looks: Callable[[SeenImages, Kernel], Array] = lambda seen, kernel: gram(kernel, seen)
    square: bool = True
    strength: str = "C"
    probable: bool = False
    exported: bool = True

    def kernel(self, training: Floats) -> Kernel:
        """Its kernel for prepared features (N, P) of the training part."""
        shape = self.shape or "linear"
        return Kernel(shape, _GAMMAS[shape](training), 1.0 if shape == "poly" else 0.0)


def _svm(shape: Shape, title: str) -> Classifier:
    return Classifier(shape, title, fit_svm, shape=shape)


CLASSIFIERS: Mapping[str, Classifier] = {
    row.key: row
    for row in (
        _svm("linear", later("Linear SVM")),
        _svm("rbf", later("RBF SVM")),
        _svm("sigmoid", later("Sigmoid SVM")),
        _svm("poly", later("Cubic SVM")),
        Classifier(
            "logistic",
            later("Logistic regression"),
            fit_logistic,
            looks=lambda seen, kernel: seen.features,
            square=False,
            probable=True,
        ),
        Classifier(
            "knn",
            later("Nearest neighbours"),
            fit_neighbours,
            NEIGHBOURS,
            looks=lambda seen, kernel: seen.distances,
            strength="k",
            exported=False,
        ),
    )
}


@dataclass(frozen=True)
class TransferSetting:
    """One row of a table of results, before it is computed.

    Attributes:
        classifier: key of ``CLASSIFIERS``.
        preparation: of the features.
        strength: C, or the number of neighbours; None: chosen by cross-validation on the training part.
    """

    classifier: str
    preparation: PreparationParams = field(default_factory=PreparationParams)
    strength: float | None = None

    def __post_init__(self) -> None:
        if self.classifier not in CLASSIFIERS:
            raise TransferError(
                "There is no classifier {name!r}; there are {known}.",
                name=self.classifier[:40],
                known=", ".join(CLASSIFIERS),
            )
        if self.strength is not None and not 0 < self.strength < float("inf"):
            raise TransferError("C is a number above 0; received {value}.", value=self.strength)

    @property
    def row(self) -> Classifier:
        """Of the table."""
        return CLASSIFIERS[self.classifier]
