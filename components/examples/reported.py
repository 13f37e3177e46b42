"""What goes into a report from the page of examples: images with what they were found by."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from PIL import Image

from components.data.reported import about_data, asked_again, data_record
from components.data.strips import WHOLE_BOX, image_strip
from components.examples.changed_image import shown_pixels
from components.examples.features import ExampleImages
from components.examples.sentences import caption_of, change_said, proof_of
from components.report.tables import Finding, ReportPicture, offer_finding
from components.session.media import jpeg_bytes
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_plain, as_text
from compute.measure.examples.prototypes import example_rows
from compute.work.examples.counterfactual import CounterfactualOrder, CounterfactualView
from engine.arrays import LongInts
from engine.examples.prototypes import Prototypes
from engine.examples.search import NOTHING, FoundSet
from engine.examples.trials import Hidden
from engine.images.picture import Picture
from engine.projection.neighbours import Neighbours

SIDE_PX = 480
"""Of the image that was asked about."""


def offer_near(images: ExampleImages, picture: Picture, found: Mapping[str, Neighbours], said: str) -> None:
    """Add nearest images to the report, or take them out.

    Args:
        images: of the data set.
        picture: that they are near to.
        found: rows of images by their titles.
        said: what they say together.
    """
    own = Image.fromarray(picture.pixels)
    own.thumbnail((SIDE_PX, SIDE_PX))
    pictures = [ReportPicture(jpeg_bytes(own), _(picture.name), picture.sha256)]
    told: list[tuple[Any, ...]] = []
    for title, near in found.items():
        rows, distances = near.indices.ravel().tolist(), near.distances.ravel().tolist()
        pictures.extend(_strip(images, rows, as_plain(title)))
        told.extend(_lines(images, rows, as_plain(title), distances))
    finding = Finding(
        _("Images nearest to {picture}").format(picture=_(picture.name)),
        _about(images),
        _frame(told, _("Distance")),
        tuple(pictures),
        (said, _("Distances are Euclidean, between the means of each channel.")),
        data_record(images.choice, layer=images.layer, picture=picture.sha256),
    )
    offer_finding(finding, "near")


def offer_prototypes(images: ExampleImages, rows: LongInts, found: Prototypes) -> None:
    """Add prototypes and criticisms to the report, or take them out.

    Args:
        images: of the data set.
        rows: places in ``images.items`` of those that were asked about.
        found: the prototypes, by their places in ``rows``.
    """
    kinds = {
        _("Prototypes"): (rows[found.prototypes].tolist(), found.discrepancy.tolist()),
        _("Criticisms"): (
            rows[found.criticisms].tolist(),
            [more_or_less(one) for one in found.witness.tolist()],
        ),
    }
    pictures = [one for title, (places, _said) in kinds.items() for one in _strip(images, places, title)]
    told = [row for title, (places, said) in kinds.items() for row in _lines(images, places, title, said)]
    text = _("Together the prototypes stand for {count} images. Criticisms are those they do not tell of.")
    finding = Finding(
        _("Prototypes and criticisms"),
        _about(images),
        _frame(told, _("Discrepancy left, or what it says")),
        tuple(pictures),
        (text.format(count=numbers.count(found.considered)), prototypes_source(images)),
        data_record(
            images.choice,
            layer=images.layer,
            images=[images.items[row].id for row in rows],
            seed=0,
            **_asked_again(images, rows, found),
        ),
    )
    offer_finding(finding, "prototypes")


def _asked_again(images: ExampleImages, rows: LongInts, found: Prototypes) -> dict[str, Any]:
    """Question and rows, where the images are those of one class of the data set, or all of them."""
    asked, names = [images.items[row] for row in rows.tolist()], images.choice.data.labels
    (label, *others) = {item.label for item in asked} if images.labelled else {None}
    whole = [item for item in images.items if label in (None, item.label)]
    if others or len(whole) != len(asked):
        return {}
    question = {
        "class": None if label is None else names[label],
        "layer": images.layer,
        "count": max(len(found.prototypes), len(found.criticisms)),
    }
    return asked_again("prototypes", question, example_rows(asked, names, found))


def prototypes_source(images: ExampleImages) -> str:
    """How prototypes are found."""
    about = _(
        "Features of the layer {layer}, MMD-critic (Kim et al. 2016). Classes are those of the data set, "
        "not answers of the model."
    )
    return about.format(layer=as_text(images.layer))


def more_or_less(witness: float) -> str:
    """What a criticism says."""
    return _("more images are like it") if witness > 0 else _("fewer images are like it")


def offer_counterfactual_table(order: CounterfactualOrder, view: CounterfactualView, found: FoundSet) -> None:
    """Add the changed image to the report, or take it out.

    Args:
        order: of the search.
        view: of it.
        found: the smallest set that was found, which is not empty.
    """
    hidden = frozenset(found.hidden or ())
    facts, picture = order.prediction.facts, order.picture
    label = _(order.prediction.targets.wanted(order.spec.wanted).label)
    about = _("Model: {model}. Image: {picture} ({digest}).").format(
        model=_(facts.title), picture=_(picture.name), digest=picture.sha256[:12]
    )
    shown = {_("The image as it is"): NOTHING, _("The image with the parts hidden"): hidden}
    pictures = []
    for some in shown.values():
        content = jpeg_bytes(Image.fromarray(shown_pixels(order, some)))
        pictures.append(ReportPicture(content, caption_of(order, view, some), picture.sha256))
    finding = Finding(
        _("The smallest part whose hiding changes “{name}”").format(name=label),
        about,
        _answers(view, facts.labels, shown),
        tuple(pictures),
        (change_said(order, view, hidden), *proof_of(order, found)),
        {
            "model": facts.key,
            "fingerprint": facts.fingerprint,
            "picture": picture.sha256,
            "target": label,
            "method": order.spec.cells.method,
            "params": order.spec.params.as_dict(),
            "unlike": order.spec.unlike,
            "hidden": sorted(hidden),
            "cells": order.cells.count,
        },
    )
    offer_finding(finding, "counterfactual")


def _answers(
    view: CounterfactualView, labels: Sequence[str], shown: Mapping[str, Hidden]
) -> dict[str, list[Any]]:
    """What the model says of each image."""
    told = {title: trial for title, some in shown.items() if (trial := view.trial(some)) is not None}
    return {
        _("Image"): list(told),
        _("Parts hidden"): [len(shown[title]) for title in told],
        _("Answer"): [_(labels[trial.answer]) for trial in told.values()],
        _("Probability"): [trial.probability for trial in told.values()],
    }


def _about(images: ExampleImages) -> str:
    text = _("{about} Layer: {layer}.")
    return text.format(about=about_data(images.choice), layer=images.layer)


def _strip(images: ExampleImages, rows: Sequence[int], title: str) -> Iterator[ReportPicture]:
    data = images.choice.data
    wanted = [(images.items[row].id, WHOLE_BOX) for row in rows]
    content = image_strip(data, images.choice.refs[0], wanted) if wanted else None
    if content is not None:
        yield ReportPicture(content, title, data.key)


def _lines(
    images: ExampleImages, rows: Sequence[int], title: str, values: Sequence[Any]
) -> Iterator[tuple[Any, ...]]:
    labels = images.choice.data.labels
    for row, value in zip(rows, values, strict=True):
        item = images.items[row]
        yield title, item.id, "" if item.label is None else labels[item.label], value


def _frame(told: Sequence[tuple[Any, ...]], last: str) -> dict[str, list[Any]]:
    names = (_("Kind"), _("Image"), _("Class"), last)
    return {name: [row[place] for row in told] for place, name in enumerate(names)}
