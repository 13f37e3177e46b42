"""Choice of model and picture in the bar on top."""

from dataclasses import dataclass
from functools import cached_property

from components.session.keys import CHOICE, recall, remember
from components.session.own_pictures import tray
from compute.base.logs import redact_names
from engine.images.picture import Picture
from model_store.catalogue import Entry, ModelRef, as_seen, entry_of


@dataclass(frozen=True)
class Choice:
    """A model and a picture.

    Attributes:
        ref: the model.
        whole: the picture, or None while the shipped one is made.
        own: the picture is the person's own, so that a link cannot carry it.
        credit: where a shipped picture comes from.
    """

    ref: ModelRef
    whole: Picture | None
    own: bool
    credit: str

    @cached_property
    def picture(self) -> Picture | None:
        """What the model sees of the picture; a part of one's own is one's own, too."""
        seen = None if self.whole is None else as_seen(self.ref, self.whole)
        if self.own and seen is not None and seen is not self.whole:
            tray().parts.add(seen.sha256)
        return seen

    @property
    def seen(self) -> Picture:
        """The picture, where a page goes on only when it is there."""
        assert self.picture is not None
        return self.picture

    @property
    def entry(self) -> Entry:
        """The model's entry in the catalogue."""
        return entry_of(self.ref)


def current_choice() -> Choice:
    """What stands in the bar on top now."""
    choice = recall(CHOICE, None)
    if choice is None:
        raise RuntimeError("the frame draws the bar on top before it runs a page")
    return choice


def remember_choice(choice: Choice) -> None:
    """Called by the frame before a page runs."""
    if choice.own and choice.picture is not None:
        redact_names(choice.picture.name)
    remember(CHOICE, choice)
