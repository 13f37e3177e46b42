"""Entries of the catalogue."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from engine.images.fit import FITS, Fit
from engine.model import Task
from engine.phrase import Phrase
from model_store.base.packaged import PackagedFile
from model_store.base.scaling import Preset
from model_store.base.target_layers import TargetLayerChoice

Colour = tuple[int, int, int]
Loader = Literal["keras-weights", "keras-application", "efficientnet-lite", "hf-segformer", "own"]


class Policy(Protocol):
    """How large a model looks at pictures; its text says so to people."""

    @property
    def fixed_hw(self) -> tuple[int | None, int | None]:
        """Height and width in pixels of every picture, or None where they depend on the picture."""
        ...

    @property
    def largest_hw(self) -> tuple[int, int]:
        """The size with the most pixels at which any picture is looked at."""
        ...

    def size_hw(self, picture_hw: tuple[int, int]) -> tuple[int, int]:
        """Height and width in pixels at which a picture of the given height and width is looked at."""
        ...


@dataclass(frozen=True)
class FixedSize:
    """Every picture is looked at in one size: the whole of it is squeezed in, since cropping would hide
    parts.

    Attributes:
        height: in pixels.
        width: in pixels.
    """

    height: int
    width: int

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> Phrase:
        """What it does to pictures."""
        return Phrase(
            "resized to {width} x {height} pixels, without keeping their aspect ratio",
            width=self.width,
            height=self.height,
        )

    @property
    def fixed_hw(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.height, self.width

    @property
    def largest_hw(self) -> tuple[int, int]:
        """The fixed size."""
        return self.fixed_hw

    def size_hw(self, picture_hw: tuple[int, int]) -> tuple[int, int]:
        """The fixed size."""
        return self.fixed_hw


@dataclass(frozen=True)
class InputPolicy:
    """Pictures keep their aspect, nearly: both sides are rounded.

    Attributes:
        short_side: wanted length of the shorter side, in pixels.
        long_side: limit of the longer side, in pixels; a narrow picture is made smaller instead of being
            distorted.
        multiple: both sides are multiples of this many pixels.
    """

    short_side: int
    long_side: int
    multiple: int

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> Phrase:
        """What it does to pictures."""
        return Phrase(
            "with a short side of {short} and a long side of at most {long} pixels",
            short=self.short_side,
            long=self.long_side,
        )

    @property
    def fixed_hw(self) -> tuple[None, None]:
        """Nothing is fixed."""
        return None, None

    @property
    def largest_hw(self) -> tuple[int, int]:
        """That of a picture as long as both limits allow."""
        return self.size_hw((self.short_side, self.long_side))

    def size_hw(self, picture_hw: tuple[int, int]) -> tuple[int, int]:
        """Height and width in pixels at which a picture of the given height and width is looked at."""
        scale = min(self.short_side / min(picture_hw), self.long_side / max(picture_hw))
        height, width = (self._rounded(side * scale) for side in picture_hw)
        return height, width

    def _rounded(self, side: float) -> int:
        largest = self.long_side // self.multiple
        return self.multiple * min(max(int(side / self.multiple + 0.5), 1), largest)


@dataclass(frozen=True)
class Grouping:
    """Categories that sum up the classes of a model.

    Attributes:
        labels: names of the K categories.
        colours: one RGB triple 0-255 per category.
        of_class: for each of the C classes the index of its category, 0 to K-1; every category has a class.
    """

    labels: tuple[str, ...]
    colours: tuple[Colour, ...]
    of_class: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.colours) != len(self.labels) or set(self.of_class) != set(range(len(self.labels))):
            raise ValueError("Each category needs a name, a colour and at least one class.")


@dataclass(frozen=True)
class WebFile:
    """A file with an address of its own.

    Attributes:
        url: its address.
        digest: hex md5 or sha256 of its content, as published; empty where none is.
    """

    url: str
    digest: str

    @property
    def name(self) -> str:
        """What it is called."""
        return self.url.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Entry:
    """One model of the catalogue.

    Attributes:
        key: its name in links, task keys and folders.
        title: its name for people.
        description: what it is good for, for people.
        task: what it answers.
        loader: how its files are read.
        labels: class names in the order of the outputs; empty where they come with its files.
        colours: one RGB triple 0-255 per class; as long as there are classes, even where ``labels`` is empty.
        policy: the size at which it looks at pictures.
        licence: terms of the weights.
        size_mb: approximate size of its files in MB.
        settings_files: names of the files that must be there besides the weights.
        weight_files: names that the file of weights may have; the first that is there is read.
        grouping: categories that sum up its classes, or None.
        repo_id: Hugging Face repository, or None where the files come from elsewhere.
        web_files: files with addresses of their own, weights first; empty where they come from elsewhere.
        packaged: its weights, where they come inside an installed package; None where they are in its folder.
        folder: name of its folder where it shares one with another; empty: its key.
        application: name of its network: of the function of ``keras.applications`` that makes the network.
        preset: how colours are scaled before the network.
        target_layers: which of its layers are worth looking at.
        fit: how images fit a classifier of one fixed shape, unless somebody chooses otherwise.
        own: whether somebody has brought it; its folder then has a ``model.toml``.
        subject: what images of its kind show: "street", "object", "dog", "digit"; empty where that is not
            known.
    """

    key: str
    title: str
    description: str
    task: Task
    loader: Loader
    labels: tuple[str, ...]
    colours: tuple[Colour, ...]
    policy: Policy
    licence: str
    size_mb: int
    settings_files: tuple[str, ...]
    weight_files: tuple[str, ...]
    grouping: Grouping | None = None
    repo_id: str | None = None
    web_files: tuple[WebFile, ...] = ()
    packaged: PackagedFile | None = None
    folder: str = ""
    application: str = ""
    preset: Preset = "raw"
    target_layers: TargetLayerChoice = field(default_factory=TargetLayerChoice)
    fit: Fit = "squeeze"
    own: bool = False
    subject: str = ""

    @property
    def fits(self) -> tuple[Fit, ...]:
        """How images can be made to fit it, its own way first; none where it takes them as they are.

        Those that answer with maps see whole images: a zone must not end where a crop does.
        """
        if self.task != "classification" or None in self.policy.fixed_hw:
            return ()
        return self.fit, *(fit for fit in FITS if fit != self.fit)

    @property
    def fetched(self) -> bool:
        """Whether its files are fetched on first use."""
        return self.repo_id is not None or bool(self.web_files)

    @property
    def shipped(self) -> bool:
        """Whether its files come with the project."""
        return not self.fetched and not self.own
