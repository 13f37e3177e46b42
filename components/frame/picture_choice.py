"""Choice of the image: small copies in the bar, and behind a button a sample, the server's, or one's own."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from components.batch.privacy import choose_privacy
from components.batch.tray_view import limits, say_refused, show_tray, take_files, take_photo
from components.pieces import picked
from components.pieces.tray import Small, tray_strip
from components.session.choice import Choice
from components.session.choosing import by_title, choose_from_list, choose_one
from components.session.guard import attempt, say
from components.session.keys import (
    CAMERA,
    CHOICE,
    DATA_SOURCE,
    FIT,
    IMAGE,
    ITEM,
    ITEM_LINK,
    NO_LINK,
    SAMPLE,
    SHELF,
    SHOW_OWN,
    SOURCE,
    STRIP,
    SUBJECT,
    UPLOAD,
    forget,
    recall,
    remember,
)
from components.session.links import start_with
from components.session.media import photo_bytes
from components.session.offers.data_sets import data_image, data_set
from components.session.offers.server_pictures import server_picture, server_pictures
from components.session.own_pictures import is_own, tray
from components.session.resources import sample_picture
from components.session.samples import first_sample, offered, sample_thumbnail, suiting
from components.session.uploads.uploaded_sets import is_uploaded_key
from components.words.i18n import _
from components.words.plain import as_text
from engine.errors import VitrineError
from engine.images.fit import Fit
from engine.images.picture import Picture
from model_store.catalogue import Entry, ModelRef, entry_of

SAMPLES, SERVER = "sample", "server"
STRIP_PX, POPOVER_PX = 270, 165


def choose_picture(ref: ModelRef) -> Choice:
    """Draw what there is to choose from; the choice."""
    _follow_model(entry_of(ref))
    if recall(SHOW_OWN, False):
        forget(SHOW_OWN)
        remember(SOURCE, UPLOAD)
    _follow_link()
    strip = st.container(key="bar-strip", width=STRIP_PX)
    with st.popover(_("Upload image"), width=POPOVER_PX, key=IMAGE):
        take_files(UPLOAD)
        say_refused()
        choice = _choose_fit(_choose_source(ref))
        st.caption(limits())
        choose_privacy()
    with strip:
        _show_strip(choice)
    return choice


def _follow_model(entry: Entry) -> None:
    """A model of another subject begins with a sample that suits it."""
    before = recall(SUBJECT, entry.subject)
    remember(SUBJECT, entry.subject)
    if before != entry.subject and recall(SAMPLE, None) not in suiting(entry):
        remember(SAMPLE, first_sample(entry))


def _follow_link() -> None:
    """A link to an image of a data set shows that image, until another is chosen."""
    linked = st.query_params.get(ITEM, "")
    if linked and linked != recall(ITEM_LINK, ""):
        remember(ITEM_LINK, linked)
        remember(SOURCE, DATA_SOURCE)


def _link_to(item: str) -> None:
    """Let the address name an image of a data set, or none; never one that the person has uploaded."""
    carried = bool(item) and not is_uploaded_key(item.partition("/")[0])
    if carried and st.query_params.get(ITEM) != item:
        st.query_params[ITEM] = item
    elif not carried and ITEM in st.query_params:
        del st.query_params[ITEM]


def _show_strip(choice: Choice) -> None:
    """Small copies of the samples that suit the model, and of one's own images; a click chooses."""
    samples = {
        f"{SAMPLES}:{key}": Small(f"{SAMPLES}:{key}", _(sample.title), sample_thumbnail(key))
        for key, sample in suiting(choice.entry).items()
    }
    own = tray()
    mine = {sha: Small(sha, picture.name, own.small[sha]) for sha, picture in own.pictures.items()}
    sample = f"{SAMPLES}:{recall(SAMPLE, '')}"
    shown = sample if recall(SOURCE, SAMPLES) == SAMPLES else own.chosen
    if samples or mine:
        tray_strip([*mine.values(), *samples.values()], shown, STRIP, _adopt_pick)


def _adopt_pick() -> None:
    """A click on a small copy shows its image."""
    kind, _colon, key = (picked(STRIP) or "").rpartition(":")
    if kind == SAMPLES and key in offered():
        remember(SOURCE, SAMPLES)
        remember(SAMPLE, key)
    elif key in tray().pictures:
        remember(SOURCE, UPLOAD)
        tray().chosen = key


def _choose_source(ref: ModelRef) -> Choice:
    more = [SERVER] * bool(server_pictures()) + [DATA_SOURCE] * bool(recall(ITEM_LINK, ""))
    sources = [SAMPLES, *more, UPLOAD, CAMERA]
    look = {"persist_state": "session", "width": "stretch"}
    source = choose_one(SOURCE, _("Shown image"), sources, _source_title, SAMPLES, **look)
    _link_to(recall(ITEM_LINK, "") if source == DATA_SOURCE else "")
    return _CHOOSERS.get(source, _own_choice)(ref)


def _source_title(source: str) -> str:
    titles = {
        SAMPLES: _("Sample"),
        SERVER: _("Server"),
        DATA_SOURCE: _("Data set"),
        UPLOAD: _("Upload"),
        CAMERA: _("Camera"),
    }
    return titles.get(source, source)


def _sample_choice(ref: ModelRef) -> Choice:
    samples = offered()
    first = list(samples).index(first_sample(entry_of(ref)))
    look = {"label_visibility": "collapsed"}
    key = choose_from_list(SAMPLE, _("Sample"), list(samples), by_title(samples), index=first, **look)
    picture = sample_picture(key)
    if picture is not None:
        _preview(picture, _(picture.name), _(samples[key].credit))
    return Choice(ref, picture, False, samples[key].credit)


def _shelf_choice(ref: ModelRef) -> Choice:
    names = list(server_pictures())
    if recall(SHELF, None) not in (None, *names):
        remember(SHELF, None)
    start_with(
        SHELF, names[0]
    )  # not by default: then a link would leave it out, and another folder begins with another picture
    name = st.selectbox(
        _("Image on this server"),
        names,
        index=None,
        key=SHELF,
        bind="query-params",
        label_visibility="collapsed",
    )
    picture = attempt(server_picture, name or names[0])
    if isinstance(picture, VitrineError):
        say(picture)
        return _last_choice(ref)
    _preview(picture, picture.name, _("Available on this server."))
    return Choice(ref, picture, False, "")


def _item_choice(ref: ModelRef) -> Choice:
    """The image of a data set that was opened last."""
    key, _slash, name = str(recall(ITEM_LINK, "")).partition("/")
    own = is_uploaded_key(key)
    picture = attempt(data_image, key, name)
    if isinstance(picture, VitrineError):
        say(picture)
        return _last_choice(ref)
    title = data_set(key).title if own else key
    _preview(picture, picture.name, _("From the data set {key}.").format(key=as_text(title)), named=True)
    return Choice(ref, picture, own, "")


def _own_choice(ref: ModelRef) -> Choice:
    if recall(SOURCE, UPLOAD) == CAMERA:
        take_photo()
    own = tray().current
    if own is None:
        st.container(key=NO_LINK).caption(
            _("A link cannot include your own image. Until you upload one, the previous image is shown.")
        )
        return _last_choice(ref)
    with st.container(key=NO_LINK):
        note = _("A link cannot include your own image: it stays in this session.")
        _preview(own, own.name, note, named=True)
    show_tray()
    return Choice(ref, own, True, "")


_CHOOSERS: dict[str, Callable[[ModelRef], Choice]] = {
    SAMPLES: _sample_choice,
    SERVER: _shelf_choice,
    DATA_SOURCE: _item_choice,
}


def _last_choice(ref: ModelRef) -> Choice:
    """The previous picture stays until another one is there, unless it was taken off the tray."""
    last: Choice | None = recall(CHOICE, None)
    if last is not None and last.whole is not None and (not last.own or is_own(last.whole)):
        return Choice(ref, last.whole, last.own, last.credit)
    key, sample = next(iter(offered().items()))
    return Choice(ref, sample_picture(key), False, sample.credit)


def _choose_fit(choice: Choice) -> Choice:
    """Ask how an image of another shape is made to fit a model of one shape."""
    fits = choice.entry.fits
    own = {fit: replace(choice, ref=replace(choice.ref, fit=fit)) for fit in fits[1:]}
    if not fits or all(asked.picture is choice.picture for asked in own.values()):
        return choice
    fit = choose_one(FIT, _("What the model sees"), fits, _fit_title, fits[0])
    return own.get(fit, choice)


def _fit_title(fit: Fit) -> str:
    titles: dict[Fit, str] = {"squeeze": _("All, squeezed"), "crop": _("The centre"), "pad": _("All, padded")}
    return titles[fit]


def _preview(picture: Picture, name: str, caption: str, named: bool = False) -> None:
    """The picture with its size and where it comes from, and, where no list says it, with its name."""
    height, width = picture.size_hw
    size = _("{width} x {height} pixels").format(width=width, height=height)
    st.image(photo_bytes(picture.sha256, picture.pixels), alt=name, width="stretch")
    st.caption(f"**{as_text(name)}** · {size}. {caption}" if named else f"{size}. {caption}")
