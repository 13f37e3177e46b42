"""Grid of images of a data set, each with its answers, a way to explain it, and maps on demand."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from components.data.measured import Measured
from components.data.small_maps import DrawnMaps, NamedMap, small_maps_of
from components.session.cache import in_session
from components.session.guard import attempt
from components.session.keys import GRID_PAGE, ITEM, WITH_MAPS, recall, remember
from components.session.media import jpeg_bytes
from components.session.offers.data_sets import data_image
from components.session.waiting import show_growing
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from engine.arrays import Pixels
from engine.errors import VitrineError
from engine.images.picture import Picture

ON_PAGE, IN_ROW = 24, 4
SMALLEST_PX, SHOWN_PX = 128, 320
"""Smaller images are enlarged to the first, pixel by pixel; others are shown at most at the second."""
POLL_SECONDS = 1.0
EXPLAIN_PAGE = "pages/explain/compare.py"


@dataclass(frozen=True)
class ImageCard:
    """An image of the grid.

    Attributes:
        place: of its item in the data set, or in its part.
        truth: its class, or None.
        prediction: the first answer.
        answers: the first answers with their probabilities, in words.
    """

    place: int
    truth: int | None
    prediction: int
    answers: tuple[tuple[str, str], ...]


def show_grid(found: Sequence[Measured], cards: Sequence[ImageCard]) -> None:
    """A page of the grid at a time."""
    first = found[0]
    pages = -(-len(cards) // ON_PAGE)
    page = min(int(recall(GRID_PAGE, 0)), pages - 1)
    shown = cards[page * ON_PAGE : (page + 1) * ON_PAGE]
    with st.container(horizontal=True, vertical_alignment="center", key="grid-head"):
        text = _("Images {first} to {last} of {count}").format(
            first=numbers.count(page * ON_PAGE + 1),
            last=numbers.count(page * ON_PAGE + len(shown)),
            count=numbers.count(len(cards)),
        )
        st.markdown(text, width="content")
        _offer_pages(page, pages)
        help_text = _("Grad-CAM for the predicted class and, where it is known, the true class.")
        with_maps = st.toggle(_("Maps"), key=WITH_MAPS, bind="query-params", help=help_text)
    if not with_maps:
        _show_rows(first, shown, None)
        return
    answers = small_maps_of(found, shown)
    show_growing(answers.finished, lambda: _show_rows(first, shown, answers.drawn()), POLL_SECONDS)


def _offer_pages(page: int, pages: int) -> None:
    if pages > 1:
        for sign, step, title in (("←", -1, _("Previous images")), ("→", 1, _("Next images"))):
            st.button(
                sign,
                key=f"grid-{step}",
                disabled=not 0 <= page + step < pages,
                on_click=remember,
                args=(GRID_PAGE, page + step),
                help=title,
            )


def tile_columns(count: int, key: str) -> list[DeltaGenerator]:
    """Columns of a row of images, of which a phone shows two beside each other; ``key`` names the row."""
    return st.container(key=f"tiles-row-{key}").columns(count, gap="small")


def _show_rows(found: Measured, cards: Sequence[ImageCard], maps: DrawnMaps | None) -> None:
    in_row = IN_ROW if maps is None else IN_ROW // 2
    for start in range(0, len(cards), in_row):
        columns = tile_columns(in_row, f"cards-{start}") if maps is None else st.columns(in_row, gap="small")
        for column, card in zip(columns, cards[start : start + in_row], strict=False):
            with column, st.container(border=True, key=f"image-{card.place}"):
                _show_card(found, card, None if maps is None else maps.get(card.place, []))


def _show_card(found: Measured, card: ImageCard, maps: Sequence[NamedMap] | None) -> None:
    """The image with its answers; beside it, where maps are wanted, what there is of them."""
    item = found.items[card.place]
    picture = attempt(data_image, found.view.order.data.key, item.id)
    if isinstance(picture, VitrineError):
        st.caption(as_text(item.id))
        return
    if maps is None:
        _show_answers(found, card, picture)
        return
    left, right = st.columns([2, 3], gap="small")
    with left:
        _show_answers(found, card, picture)
    with right:
        _show_maps(maps)


def _show_answers(found: Measured, card: ImageCard, picture: Picture) -> None:
    item, names = found.items[card.place], found.facts.labels
    st.image(small_jpeg(picture.pixels), alt=item.id, width="stretch")
    if card.truth is not None:
        mark = ":green[✓]" if card.truth == card.prediction else ":red[✗]"
        st.markdown(mark + " " + _("True class: **{name}**").format(name=as_text(names[card.truth])))
    st.caption("  \n".join(f"{as_text(name)} {chance}" for name, chance in card.answers))
    st.page_link(
        EXPLAIN_PAGE,
        label=_("Explain"),
        query_params={ITEM: f"{found.view.order.data.key}/{item.id}"},
        help=_("Open this image on the page “Compare methods”."),
    )


def _show_maps(maps: Sequence[NamedMap]) -> None:
    """Two beside each other: of the predicted and the true class of a model."""
    if not maps:
        st.skeleton(height=120)
    for start in range(0, len(maps), 2):
        for column, (title, content) in zip(
            st.columns(2, gap="small"), maps[start : start + 2], strict=False
        ):
            with column:
                if isinstance(content, bytes):
                    st.image(content, alt=title, width="stretch")
                    st.caption(as_text(title))
                else:
                    st.caption(as_text(content))


def small_jpeg(pixels: Pixels) -> bytes:
    """The file content of a JPEG of an image, enlarged pixel by pixel if it is tiny."""
    height, width = pixels.shape[:2]
    return _enlarged(pixels.tobytes(), (width, height))


@in_session(256)
def _enlarged(content: bytes, size_wh: tuple[int, int]) -> bytes:
    image = Image.frombytes("RGB", size_wh, content)
    factor = -(-SMALLEST_PX // min(size_wh))
    if factor > 1:
        image = image.resize((size_wh[0] * factor, size_wh[1] * factor), Image.Resampling.NEAREST)
    image.thumbnail((SHOWN_PX, SHOWN_PX))
    return jpeg_bytes(image)
