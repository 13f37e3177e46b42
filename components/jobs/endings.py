"""Passes that end before their last run, because their maps are as good as their parameters ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from components.words.i18n import _
from engine.params import describe_params
from engine.perturbation.stopping import enough, may_end

if TYPE_CHECKING:
    from compute.scheduling.handles import PassJob
    from engine.explanation import Explanation


def is_enough(job: PassJob, maps: Iterable[Explanation | None]) -> bool:
    """Whether the maps of all that is looked at are what was asked for; if so, the pass is left with what
    there is.
    """
    if not may_end(job.spec.params) or not all(found is not None and enough(found) for found in maps):
        return False
    job.cancel()
    return True


def ending_text(job: PassJob) -> str:
    """Why the pass ended where it is."""
    params = job.spec.params
    info = next(info for info in describe_params(type(params)) if info.name == "until")
    choice = (info.choices or {})[params.as_dict()["until"]]
    return _("It ended by its rule ({rule}). For more runs, choose another end among the parameters.").format(
        rule=_(choice)
    )
