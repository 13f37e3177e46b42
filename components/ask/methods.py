"""Choice of the explanation method, among those of the table that fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.session.choosing import by_title, choose_from_list
from components.session.keys import METHOD
from components.words.i18n import _
from engine.methods import METHODS, Method

if TYPE_CHECKING:
    from compute.work.predict import Prediction


def choose_method(prediction: Prediction) -> Method:
    """A method that answers for all targets at once and fits the model; there is a list if there
    are several.
    """
    from compute.work.kinds import map_kind

    fitting = {
        key: method
        for key, method in METHODS.items()
        if map_kind(method).most_targets is None and prediction.why_not(method) is None
    }
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    return fitting[choose_from_list(METHOD, _("Method"), list(fitting), by_title(fitting))]
