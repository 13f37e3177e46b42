"""Selection of images of a data set: one thing with a name, which all pages about data sets share."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components.session.keys import GRID_PAGE, SELECTION, forget, recall, remember
from components.words import numbers
from components.words.i18n import _, plural
from components.words.plain import as_text
from data_store.base.words import DataSet, Item


@dataclass(frozen=True)
class ImageSelection:
    """Some images of a data set.

    Attributes:
        name: how it was made, in words.
        digest: of the data set.
        ids: names of the images.
    """

    name: str
    digest: str
    ids: frozenset[str]


def select_images(name: str, data: DataSet, items: Sequence[Item]) -> None:
    """Remember a selection, in the place of the one before."""
    remember(SELECTION, ImageSelection(name, data.digest, frozenset(item.id for item in items)))
    forget(GRID_PAGE)


def selection_of(data: DataSet) -> ImageSelection | None:
    """The selection, if it is of this data set."""
    found: ImageSelection | None = recall(SELECTION, None)
    return found if found is not None and found.digest == data.digest else None


def show_selection(data: DataSet) -> ImageSelection | None:
    """The selection with a way to drop it; None where there is none."""
    found = selection_of(data)
    if found is not None:
        count = plural("{count} image", "{count} images", len(found.ids)).format(
            count=numbers.count(len(found.ids))
        )
        with st.container(horizontal=True, vertical_alignment="center", key="selection"):
            text = _("Selection: **{name}**, {count}").format(name=as_text(found.name), count=count)
            st.markdown(text, width="content")
            st.button(_("Show all"), key="selection-drop", on_click=forget, args=(SELECTION,))
    return found
