"""Makes the shipped randomisation tests anew, of the shipped models over the samples that suit them.

Methods that need gradients cost little, and are tested on several images. Those that hide parts need
thousands of evaluations of each random network: all of them are tested where an evaluation takes
milliseconds, and one of them, which pages show first, where it takes longer and answers for zones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from commands.shipped.answers import making
from commands.terminal import print_line
from commands.trust.sanity import orders_for, run_shown, suiting_pictures
from compute.run.runners import LocalRunner, predict_with
from compute.shipped.sanity import (
    MethodSanity,
    ModelSanity,
    is_present,
    read_sanity,
    sanity_path,
    write_sanity,
)
from compute.trust.randomisation import fitting
from compute.work.sanity.asking import Networks
from engine.method import Method
from engine.methods import METHODS
from model_store.catalogue import ModelRef, entry_of, model_facts

QUICK = ("digits-cnn", "dogs-vgg")
"""Models that answer within milliseconds: all methods that hide parts are tested on them, too."""
FIRST = ("sobol",)
"""Of these methods, those that are tested on slower models that answer for zones."""
CLASSIFIED, SEGMENTED = 3, 1
"""Images that methods which need gradients are tested on."""


@dataclass(frozen=True)
class SanityGroup:
    """Methods that are tested in the same way.

    Attributes:
        methods: that fit or not.
        images: how many of the samples.
        networks: which random ones.
    """

    methods: tuple[Method, ...]
    images: int
    networks: Networks


def groups_of(ref: ModelRef) -> Sequence[SanityGroup]:
    """What is tested of a model."""
    derived = tuple(method for method in METHODS.values() if method.family != "hidden")
    hidden = tuple(method for method in METHODS.values() if method.family == "hidden")
    zones = entry_of(ref).task == "segmentation"
    groups = [SanityGroup(derived, SEGMENTED if zones else CLASSIFIED, Networks(5, 1))]
    if ref.key in QUICK:
        return [*groups, SanityGroup(hidden, 1, Networks(5, 1))]
    first = tuple(method for method in hidden if method.key in FIRST)
    return [*groups, SanityGroup(first, 1, Networks(5, 0))] if zones else groups


def make_sanity(ref: ModelRef, again: bool) -> None:
    """Make what is not there of a model's test, or is of other weights or parameters.

    Args:
        ref: a shipped model.
        again: also what is there.
    """
    path, facts = sanity_path(ref), model_facts(ref)
    known = None if again else read_sanity(path)
    found = dict(known.methods) if known is not None and known.fingerprint == facts.fingerprint else {}
    found = {key: one for key, one in found.items() if is_present(key, one)}
    missing = [_without(group, found) for group in groups_of(ref)]
    for group in missing:
        found |= sanity_of_group(ref, group) if group.methods else {}
    if any(group.methods for group in missing):
        write_sanity(path, ModelSanity(facts.fingerprint, making(), found))
    print_line(f"{ref} sanity: {path.stat().st_size / 1e3:.0f} kB")


def _without(group: SanityGroup, found: Mapping[str, MethodSanity]) -> SanityGroup:
    """The methods of a group that are not there yet."""
    return replace(group, methods=tuple(one for one in group.methods if one.key not in found))


def sanity_of_group(ref: ModelRef, group: SanityGroup) -> dict[str, MethodSanity]:
    """What is found about some methods, by key."""
    pictures = suiting_pictures(ref)[: group.images]
    prediction = predict_with(LocalRunner(), ref, pictures[0])
    if not fitting(prediction, group.methods):
        return {}
    orders = orders_for(ref, pictures, (group.methods, group.networks))
    params = {one.key: one.params.as_dict() for one in orders[0].spec.asked}
    titles = tuple(picture.name for picture in pictures)
    networks = group.networks
    return {
        key: MethodSanity(outcome, params[key], titles, networks.seeds, networks.cascade)
        for key, outcome in run_shown(orders).items()
    }
