"""What was found, in one sentence, and its limits."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components.strategies.subjects import MapSubjects
from components.words import numbers
from components.words.i18n import _, plural
from components.words.plain import as_text
from engine.strategies.clusters import MapClusters
from engine.strategies.mistakes import GroupErrors


@dataclass(frozen=True, eq=False)
class Findings:
    """Groups with what is known of them.

    Attributes:
        subjects: whose maps were compared.
        groups: the groups.
        errors: of each group.
    """

    subjects: MapSubjects
    groups: MapClusters
    errors: Sequence[GroupErrors]

    @property
    def gathering(self) -> list[int]:
        """Numbers of the groups in which errors gather, from 0."""
        return [number for number, one in enumerate(self.errors) if one.gathers]


def show_findings(found: Findings) -> None:
    """How many groups there are, where errors lie, and what this does not say."""
    with st.container(key="strategies-found"):
        st.markdown(f"{_divided(found)} {_about_errors(found)}")
        limits = _("Groups tell where the model looks, not what it sees there. A group may mix strategies.")
        st.caption(limits)
        left_out = found.groups.flat + found.groups.broken
        if left_out:
            text = plural(
                "{count} map left out: no place stands out in it.",
                "{count} maps left out: no place stands out in them.",
                left_out,
            )
            st.caption(text.format(count=numbers.count(left_out)))


def _divided(found: Findings) -> str:
    name, count = as_text(_(found.subjects.question.name)), len(found.groups.clusters)
    maps = numbers.count(int(found.groups.usable.sum()))
    if count == 1:
        text = _("The {maps} maps of **{name}** form one group: no division stands out against chance.")
        return text.format(maps=maps, name=name)
    text = _("The {maps} maps of **{name}** fall into **{count}** groups.")
    return text.format(maps=maps, name=name, count=numbers.count(count))


def _about_errors(found: Findings) -> str:
    """Which group the errors sit in, if there are groups and errors."""
    wrong = sum(one.wrong for one in found.errors)
    if len(found.errors) < 2 or not wrong:
        return ""
    if not found.gathering:
        return _("Errors lie in the groups as chance has it.")
    text = _("Errors gather in group {number}: it has {errors} of the errors and {images} of the images.")
    known = sum(one.images for one in found.errors)
    return " ".join(
        text.format(
            number=numbers.count(number + 1),
            errors=numbers.share(found.errors[number].share),
            images=numbers.share(found.errors[number].images / known),
        )
        for number in found.gathering
    )
