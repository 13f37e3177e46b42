"""Ends of passes before their last run, because their maps are as good as their parameters ask for."""

from components.words.i18n import _
from engine.params import Params, describe_params


def ending_text(params: Params) -> str:
    """Why a pass with these parameters ended where it is."""
    info = next(info for info in describe_params(type(params)) if info.name == "until")
    choice = (info.choices or {})[params.as_dict()["until"]]
    return _("It ended by its rule ({rule}). For more runs, choose another end among the parameters.").format(
        rule=_(choice)
    )
