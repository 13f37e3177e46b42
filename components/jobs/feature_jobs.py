"""The questions of a session about the inside of a model: what its page asks goes on, everything else is let
go.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.jobs.desks import desk_for
from components.jobs.job_set import JobSet
from components.session.guard import say
from components.session.keys import FEATURES
from components.session.waiting import soon, wait_for
from components.words.i18n import _
from engine.images.picture import Picture

if TYPE_CHECKING:
    from compute.scheduling.handles import FeatureJob
    from compute.worker.features import FeatureSpec

_JOBS = JobSet(FEATURES)


@dataclass(frozen=True, eq=False)
class Inquiry:
    """A question about the inside of a model on a picture."""

    spec: FeatureSpec[Any]
    picture: Picture

    @property
    def key(self) -> Hashable:
        """Equal keys are the same question."""
        return self.spec, self.picture.sha256


def answers(inquiries: Sequence[Inquiry], kept: Sequence[Inquiry] | None = None) -> list[Any] | None:
    """The answers to some questions; None while one is missing, and then the page says what it waits for, or
    what is wrong.

    Args:
        inquiries: what the page asks now.
        kept: what it has asked before and still needs; all other questions are let go. None: more questions
            follow, and nothing is let go.
    """
    if kept is not None:
        _JOBS.keep_only([inquiry.key for inquiry in (*inquiries, *kept)])
    jobs = [job for job in map(_job, inquiries) if job is not None]
    failed = next((job.error for job in jobs if job.error is not None), None)
    if failed is not None:
        say(failed)
        st.button(
            _("Try again"),
            on_click=_JOBS.let_go,
            args=[inquiry.key for inquiry in inquiries],
            key="again-features",
        )
        return None
    if len(jobs) < len(inquiries) or not soon(*jobs):
        wait_for(lambda: _are_there(inquiries), lambda: st.status(_("The network looks at the picture ...")))
        return None
    return (
        [job.result() for job in jobs] if all(job.error is None for job in jobs) else answers(inquiries, kept)
    )


def _job(inquiry: Inquiry) -> FeatureJob[Any] | None:
    """The question under way; it is asked by itself."""
    counter = desk_for(inquiry.picture)
    if _JOBS.get(inquiry.key) is None and counter is not None:
        _JOBS.start(inquiry.key, lambda: counter.start_features(inquiry.spec, inquiry.picture))
    return _JOBS.get(inquiry.key)


def _are_there(inquiries: Sequence[Inquiry]) -> bool:
    jobs = [_job(inquiry) for inquiry in inquiries]
    return all(job is not None and job.finished for job in jobs)
