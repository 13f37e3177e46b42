"""Linear models that LIME may fit: four by name with a penalty, any other of scikit-learn by the name of its
class.
"""

from typing import Any

import numpy as np

from engine.errors import ParamsError
from engine.phrase import later

UNKNOWN = later(
    "There is no linear regressor {name!r}. Please select {known}, or a class of "
    "sklearn.linear_model such as LinearRegression."
)
UNFIT = later(
    "{name} cannot be used for LIME: it must fit one weight per superpixel to weighted samples. "
    "Please select {known}."
)
ELASTIC_SHARE = 0.5
KNOWN = ("ridge", "lasso", "elastic net", "bayesian ridge")


def make_regressor(name: str, penalty: float, total_weight: float, seed: int) -> Any:
    """An unfitted linear model.

    Ridge, lasso and elastic net minimise the same thing, the weighted sum of squared errors plus ``penalty``
    times the size of the weights: their squares, their absolute values, or half and half. scikit-learn
    divides the errors of the latter two by twice the weight of all samples, so the penalty is divided by it,
    too.

    Args:
        name: one of ours, or of a class of scikit-learn, which is made with its own defaults.
        penalty: 0 or more.
        total_weight: sum of the samples' weights.
        seed: for regressors that draw random numbers.
    """
    from sklearn import linear_model

    alpha = penalty / (2 * total_weight)
    if name == "ridge":
        return linear_model.Ridge(alpha=penalty, random_state=seed)
    if name == "lasso":
        return linear_model.Lasso(alpha=alpha, random_state=seed)
    if name == "elastic net":
        return linear_model.ElasticNet(alpha=alpha, l1_ratio=ELASTIC_SHARE, random_state=seed)
    if name == "bayesian ridge":
        return linear_model.BayesianRidge()
    model = getattr(linear_model, name)()
    return model.set_params(random_state=seed) if "random_state" in model.get_params() else model


def check_regressor(name: str) -> None:
    """Refuse a name that is no linear regressor of scikit-learn, by fitting it to a case with a known
    answer's shape.

    Raises:
        ParamsError: unknown, or it fits something else than one weight per input to weighted samples.
    """
    from sklearn import linear_model
    from sklearn.base import RegressorMixin

    kind = getattr(linear_model, name, None) if name in linear_model.__all__ else None
    if not (isinstance(kind, type) and issubclass(kind, RegressorMixin)):
        raise ParamsError(UNKNOWN, name=name, known=", ".join(KNOWN))
    if not _fits(name):
        raise ParamsError(UNFIT, name=name, known=", ".join(KNOWN))


def _fits(name: str) -> bool:
    """True if it answers with a linear function of the inputs, learned from weighted samples."""
    rng = np.random.default_rng(0)
    inputs = rng.integers(0, 2, (64, 4)).astype(np.float64)
    scores = inputs @ np.array([-1.0, 0.0, 0.5, 2.0]) - 1.0
    try:
        model = make_regressor(name, 1.0, 1.0, 0)
        model.fit(inputs, scores, sample_weight=rng.uniform(0.1, 1.0, 64))
        linear = inputs @ np.asarray(model.coef_) + model.intercept_
        return np.shape(model.coef_) == (4,) and np.allclose(model.predict(inputs), linear)
    except (TypeError, ValueError, AttributeError):
        return False
