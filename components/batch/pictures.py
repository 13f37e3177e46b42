"""The pictures of a batch: those that come with Vitrine, or as many of one's own as a session may hold."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from components.batch.jobs import Chosen
from components.batch.tray_view import limits, say_refused, take_files
from components.session.choice import Choice
from components.session.choosing import choose_one
from components.session.keys import BATCH_FILES, BATCH_SOURCE
from components.session.offers.server_pictures import server_picture, server_pictures
from components.session.own_pictures import MAX_PICTURES, tray
from components.session.samples import load_sample, offered
from components.words import numbers
from components.words.i18n import _, plural
from components.words.plain import as_code
from engine.images.picture import Picture
from engine.visualise.render import png_bytes

KINDS = {"segmentation": "street", "classification": "object"}


def choose_pictures(choice: Choice) -> list[Chosen]:
    """The pictures; none where there are too many, which the page then says."""
    sources = ["samples", *(["server"] if server_pictures() else []), "own"]
    source = choose_one(BATCH_SOURCE, _("Images"), sources, _source_title, "samples", persist_state="session")
    return {"own": _own, "server": _shelf}.get(source, partial(_samples, choice))()


def _source_title(source: str) -> str:
    return {"own": _("Your images"), "server": _("Images on this server")}.get(source, _("Sample images"))


def _samples(choice: Choice) -> list[Chosen]:
    fitting = [sample for sample in offered().values() if sample.kind == KINDS[choice.entry.task]]
    st.caption(", ".join(_(sample.title) for sample in fitting) + ".")
    return [_drawn(_(sample.title), sample.key, partial(load_sample, sample.key)) for sample in fitting]


def _drawn(name: str, mark: str, look: Callable[[], Picture], own: bool = False) -> Chosen:
    """A picture whose file is made of its pixels."""
    return Chosen(name, mark, lambda: png_bytes(look().pixels), look, own)


def _own() -> list[Chosen]:
    """The pictures on the tray, which the bar on top shows, too."""
    take_files(BATCH_FILES)
    st.caption(limits() + " " + _("Use the command below for more."))
    say_refused()
    pictures = tray().pictures.values()
    if pictures:
        st.markdown(", ".join(as_code(picture.name) for picture in pictures) + ".")
    return [_drawn(picture.name, picture.sha256, _always(picture), own=True) for picture in pictures]


def _always(picture: Picture) -> Callable[[], Picture]:
    return lambda: picture


def _shelf() -> list[Chosen]:
    """As many of the server's pictures as of one's own."""
    found = list(server_pictures().values())
    text = plural("{count} image is available.", "{count} images are available.", len(found)).format(
        count=numbers.count(len(found))
    )
    if len(found) > MAX_PICTURES:
        text += " " + _("The first {count} are used; for more, use the command below.").format(
            count=numbers.count(MAX_PICTURES)
        )
    st.caption(text)
    return [
        Chosen(item.name, item.name, item.read, partial(server_picture, item.name))
        for item in found[:MAX_PICTURES]
    ]
