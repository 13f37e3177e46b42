"""Choice of the explanation method, among those of the table that fit."""

from collections.abc import Mapping

from components.session.choosing import by_title, choose_from_list
from components.session.keys import METHOD
from components.words.i18n import _
from compute.work.kinds import map_kind
from compute.work.predict import Prediction
from engine.methods import METHODS, Method


def fitting_methods(prediction: Prediction) -> dict[str, Method]:
    """The methods of the table that fit a model."""
    return {key: method for key, method in METHODS.items() if prediction.why_not(method) is None}


def choose_method(prediction: Prediction) -> Method:
    """A method that answers for all targets at once and fits the model; from a list if there are several."""
    fitting = fitting_methods(prediction)
    at_once = {key: method for key, method in fitting.items() if map_kind(method).most_targets is None}
    return next(iter(at_once.values())) if len(at_once) == 1 else method_from_list(at_once)


def method_from_list(methods: Mapping[str, Method]) -> Method:
    """One of some methods."""
    return methods[choose_from_list(METHOD, _("Method"), list(methods), by_title(methods))]
