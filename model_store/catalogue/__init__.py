"""Every model that can be chosen, and what is known of it without loading TensorFlow."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from engine.errors import ModelError
from engine.images.fit import FITS, Fit, fit_shape
from engine.images.picture import Picture
from engine.model import ModelFacts
from engine.phrase import Phrase, later
from model_store.base.entries import Colour, Entry, InputPolicy
from model_store.base.folders import Availability, availability, model_folder, sha256_of, weight_file
from model_store.base.label_maps import CATEGORIES
from model_store.base.palettes import CITYSCAPES, categories_of_cityscapes, distinct_colours
from model_store.base.randomised import Randomised
from model_store.base.record import refuse_broken_seal, refuse_changes
from model_store.base.target_layers import TargetLayerChoice
from model_store.catalogue.digits import DIGIT_ENTRIES
from model_store.catalogue.dogs import DOG_ENTRIES
from model_store.catalogue.imagenet import IMAGENET_ENTRIES
from model_store.catalogue.lite import LITE_ENTRIES
from model_store.own.class_names import CONFIGURATION, names_in_files
from model_store.own.entries import own_entry, own_fingerprint, shared_entries

__all__ = [
    "CATALOGUE",
    "DEFAULT_MODEL",
    "Availability",
    "Entry",
    "ModelRef",
    "as_seen",
    "availability",
    "entry_of",
    "model_facts",
    "model_folder",
]

_GROUPED = "@grouped"
_FORWARD = "forward 1"
"""Part of every fingerprint: change it when the same weights give other numbers."""

_RANDOM = "random 1"
"""The same for models with random weights: change it when the same seed draws others."""
_WITH_RANDOM_WEIGHTS = later("{title} with random weights")

_NVIDIA = "NVIDIA Source Code License for SegFormer: research and evaluation, non-commercial"
_SHIPPED = "Trained on CamVid and IDD Lite: research, non-commercial; see the model card"
_ROOMS = "Rooms, streets and landscapes in 150 classes, {size} MB; it sees images {policy}."
_SMALL = InputPolicy(short_side=256, long_side=640, multiple=32)
_LARGE = InputPolicy(short_side=512, long_side=1024, multiple=32)
_HF_SETTINGS = (CONFIGURATION, "preprocessor_config.json")
_HF_WEIGHTS = ("model.safetensors", "tf_model.h5")
_UNET_TAPS = TargetLayerChoice(
    (
        *("block1a_project", "block2b_add", "block3b_add", "block5c_add", "block7a_project"),
        *("bottom_out", "dec4_out", "dec3_out", "dec2_out"),
    ),
    "bottom_out",
)


@dataclass(frozen=True)
class ModelRef:
    """Which model is meant, and how it is asked.

    Its text form, ``key``, ``key@grouped`` or ``key@pad``, stands in links and task keys.

    Attributes:
        key: of the model.
        grouped: its classes are summed up to categories.
        fit: how images are made to fit it; None: its own way.
        randomised: which of its weights are random instead of trained; None: none. Only tests of explanations
            ask so, nobody can by a link or on the command line.
    """

    key: str
    grouped: bool = False
    fit: Fit | None = None
    randomised: Randomised | None = None

    def __str__(self) -> str:
        words = (self.fit, self.randomised)
        return self.key + _GROUPED * self.grouped + "".join(f"@{word}" for word in words if word)

    @classmethod
    def parse(cls, text: str) -> ModelRef:
        """The model that a text means.

        Raises:
            ModelError: no model is called so, or it has no categories.
        """
        ref = cls.recorded(text)
        entry = entry_of(ref)
        if text != str(ref) or ref.randomised or (ref.fit and ref.fit not in entry.fits):
            raise ModelError(
                "{text} cannot be asked for; {key} can be followed by {known}.",
                text=text[:80],
                key=ref.key[:60],
                known=", ".join(f"@{word}" for word in _asked_how(entry)) or "nothing",
            )
        return ref

    @classmethod
    def recorded(cls, text: str) -> ModelRef:
        """The model that a record means, whether it is known here or not."""
        key, *asked = text.split("@")
        fit = next((fit for fit in FITS if fit in asked), None)
        return cls(key, _GROUPED[1:] in asked, fit, Randomised.found(asked))


def _asked_how(entry: Entry) -> tuple[str, ...]:
    """Words that may follow the key of a model."""
    return (*([_GROUPED[1:]] if entry.grouping else []), *entry.fits)


def as_seen(ref: ModelRef, picture: Picture) -> Picture:
    """The image that a model sees: all of it, or what its way to make images fit leaves of it.

    A model that is not known here sees all of it.
    """
    entry = CATALOGUE.get(ref.key) or own_entry(ref.key)
    height, width = entry.policy.fixed_hw if entry else (None, None)
    if entry is None or not entry.fits or height is None or width is None:
        return picture
    return fit_shape(picture, (height, width), ref.fit or entry.fit)


def _shipped(key: str, title: str, description: str, **files: object) -> Entry:
    return Entry(
        key=key,
        title=title,
        description=description,
        task="segmentation",
        labels=tuple(category.name for category in CATEGORIES),
        colours=tuple(category.colour_rgb for category in CATEGORIES),
        policy=_SMALL,
        licence=_SHIPPED,
        subject="street",
        **files,  # type: ignore[arg-type]
    )


def _cityscapes(size: int, megabytes: int) -> Entry:
    return Entry(
        key=f"segformer-b{size}-cityscapes",
        title=f"SegFormer-B{size}, Cityscapes",
        description=Phrase(
            "Street scenes in 19 classes, {size} MB; it sees images {policy}.",
            size=megabytes,
            policy=_LARGE.text,
        ),
        task="segmentation",
        loader="hf-segformer",
        labels=tuple(name for name, _ in CITYSCAPES),
        colours=tuple(colour for _, colour in CITYSCAPES),
        policy=_LARGE,
        licence=_NVIDIA,
        size_mb=megabytes,
        settings_files=_HF_SETTINGS,
        weight_files=_HF_WEIGHTS,
        grouping=categories_of_cityscapes(),
        subject="street",
        repo_id=f"nvidia/segformer-b{size}-finetuned-cityscapes-1024-1024",
    )


def _ade() -> Entry:
    return Entry(
        key="segformer-b0-ade20k",
        title="SegFormer-B0, ADE20K",
        description=Phrase(_ROOMS, size=15, policy=_LARGE.text),
        task="segmentation",
        loader="hf-segformer",
        labels=(),
        colours=distinct_colours(150),
        policy=_LARGE,
        licence=_NVIDIA,
        size_mb=15,
        settings_files=_HF_SETTINGS,
        weight_files=_HF_WEIGHTS,
        repo_id="nvidia/segformer-b0-finetuned-ade-512-512",
    )


_ENTRIES = (
    _shipped(
        "streets-segformer",
        "Streets, SegFormer",
        "Street scenes in 8 categories: a small transformer shipped with Vitrine.",
        loader="hf-segformer",
        size_mb=3,
        settings_files=_HF_SETTINGS,
        weight_files=_HF_WEIGHTS,
    ),
    _shipped(
        "streets-unet",
        "Streets, U-Net",
        "Street scenes in 8 categories: a small convolutional network shipped with Vitrine.",
        loader="keras-weights",
        size_mb=3,
        settings_files=("architecture.json",),
        weight_files=("weights.safetensors",),
        target_layers=_UNET_TAPS,
    ),
    *LITE_ENTRIES,
    *(
        entry for entry in DOG_ENTRIES if model_folder(entry).is_dir()
    ),  # listed as soon as a training has written them
    *DIGIT_ENTRIES,
    *(_cityscapes(size, megabytes) for size, megabytes in enumerate((15, 55, 110, 190, 257, 340))),
    _ade(),
    *IMAGENET_ENTRIES,
)

CATALOGUE: dict[str, Entry] = {entry.key: entry for entry in _ENTRIES}
"""The models that Vitrine knows by itself; ``catalogue`` has those that somebody has brought, too."""

DEFAULT_MODEL = ModelRef("streets-segformer")


def catalogue() -> dict[str, Entry]:
    """Every model that everybody may choose, as it is now: those of ``CATALOGUE``, then those that the owner
    has admitted, by title.
    """
    return {**CATALOGUE, **_admitted()}


def _admitted() -> dict[str, Entry]:
    """Models that the owner has admitted; one with the key of a model of Vitrine's own stays behind it."""
    return {entry.key: entry for entry in shared_entries() if entry.key not in CATALOGUE}


def entry_of(ref: ModelRef) -> Entry:
    """The entry of a model.

    Raises:
        ModelError: no model is called so, or it is asked for categories it does not have.
    """
    entry = CATALOGUE.get(ref.key) or own_entry(ref.key)
    if entry is None:
        raise ModelError(
            "There is no model called {key}; there are {known}.",
            key=ref.key[:60],
            known=", ".join(catalogue()),
        )
    if ref.grouped and entry.grouping is None:
        raise ModelError(
            "The classes of {title} cannot be grouped into categories; select it without.", title=entry.title
        )
    return entry


def model_facts(ref: ModelRef) -> ModelFacts:
    """What is known of a model, from its files on disk.

    Raises:
        ModelError: a file is missing or does not fit; the sentence names it and its folder.
    """
    entry = entry_of(ref)
    labels, colours = _classes(entry, ref.grouped)
    title = Phrase(_WITH_RANDOM_WEIGHTS, title=entry.title) if ref.randomised else entry.title
    return ModelFacts(
        key=str(ref),
        title=title,
        task=entry.task,
        labels=labels,
        colours=colours,
        licence=entry.licence,
        fingerprint=_randomised(_fingerprint(entry, ref.grouped), ref.randomised),
    )


def _randomised(fingerprint: str, asked: Randomised | None) -> str:
    """The fingerprint of a model some of whose weights are random."""
    if asked is None:
        return fingerprint
    return hashlib.sha256(json.dumps([_RANDOM, fingerprint, str(asked)]).encode()).hexdigest()


def _classes(entry: Entry, grouped: bool) -> tuple[tuple[str, ...], tuple[Colour, ...]]:
    """Names and colours of the outputs."""
    if grouped and entry.grouping is not None:
        return entry.grouping.labels, entry.grouping.colours
    return entry.labels or names_in_files(entry), entry.colours


def _fingerprint(entry: Entry, grouped: bool) -> str:
    """Hex sha256 over the content of the files that make the outputs, and over the grouping."""
    folder, weights = model_folder(entry), weight_file(entry)
    if entry.own:
        return own_fingerprint(entry, _FORWARD, grouped)
    (refuse_broken_seal if entry.shipped else refuse_changes)(folder, entry.title)
    digests = {name: sha256_of(folder / name) for name in entry.settings_files}
    digests[weights.name] = sha256_of(weights)
    table = entry.grouping.of_class if grouped and entry.grouping else None
    parts = [_FORWARD, entry.loader, digests, table]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
