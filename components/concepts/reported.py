"""What goes into a report from the page of concepts: a table, typical crops, what was found and how."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from components.concepts.bars import agreement_sentence, concept_title
from components.concepts.cards import strongest_channels, typical_crops
from components.concepts.found import ConceptsFound
from components.data.reported import about_data, asked_again, data_record, range_text
from components.report.tables import Finding, ReportPicture, offer_finding
from components.session.media import jpeg_bytes
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.work.concepts.reading import ClassDependence, concept_rows
from engine.arrays import Pixels
from engine.concepts.importance import ConceptImportance
from engine.images.picture import Picture
from engine.phrase import later

SOURCE = later(
    "Concepts are directions of a layer (CRAFT, Fel et al. 2023). Importance is a total Sobol index."
)


def findings_said(found: ConceptsFound) -> list[str]:
    """What was found, and what has to be known of it."""
    book, name = found.book, as_text(_(found.question.name))
    text = _("**{count}** concepts explain {share} of layer {layer} in {images} images of **{name}**.")
    said = text.format(
        count=numbers.count(len(book.basis)),
        share=numbers.share(book.explained),
        layer=as_text(found.question.layer),
        images=numbers.count(found.count),
        name=name,
    )
    signed = _("The layer has negative values: a concept may also be present as its opposite.")
    return [said, signed] if book.basis.signed else [said]


def offer_concepts(
    found: ConceptsFound, dependence: ClassDependence | None, looks: Mapping[int, Pixels]
) -> None:
    """Add the concepts to the report, or take them out, once it is known what the class depends on."""
    if dependence is not None:
        offer_finding(_finding(found, dependence, looks), "concepts")


def _finding(found: ConceptsFound, dependence: ClassDependence, looks: Mapping[int, Pixels]) -> Finding:
    question, key = found.question, found.choice.data.key
    pictures = [picture for number in range(len(found.book.basis)) for picture in _crops(found, number)]
    words = _("What {concept} looks for")
    drawn = [
        ReportPicture(jpeg_bytes(Image.fromarray(look)), words.format(concept=concept_title(number)), key)
        for number, look in looks.items()
    ]
    return Finding(
        _("Concepts of “{name}”").format(name=_(question.name)),
        about_data(found.choice),
        concept_frame(found, dependence),
        (*pictures, *drawn),
        (*findings_said(found), agreement_sentence(dependence, question.segments), _(SOURCE)),
        data_record(
            found.choice,
            layer=question.layer,
            of=question.name,
            concepts=len(found.book.basis),
            seed=0,
            **asked_again("concepts", _question(found), concept_rows(found.book, dependence)),
        ),
    )


def _question(found: ConceptsFound) -> dict[str, Any]:
    asked = found.question
    return {"class": asked.name, "layer": asked.layer, "concepts": asked.count}


def _crops(found: ConceptsFound, number: int) -> list[ReportPicture]:
    content = typical_crops(found, number)
    words = _("Typical crops of {concept}").format(concept=concept_title(number))
    return [] if content is None else [ReportPicture(content, words, found.choice.data.key)]


def concept_frame(found: ConceptsFound, dependence: ClassDependence) -> Mapping[str, Sequence[Any]]:
    """A row for each concept."""
    book, known = found.book, dependence.importance
    rows = range(len(book.basis))
    moved = known.moved
    return {
        _("Concept"): [row + 1 for row in rows],
        _("Importance"): known.values.tolist() if moved else [""] * len(rows),
        _("95 %"): [importance_range(known, row) if moved else "" for row in rows],
        _("Images"): [numbers.share(place.occurrence) for place in book.places],
        _("Found again"): [
            "" if np.isnan(value) else float(value) for value in book.stability.halves.tolist()
        ],
        _("Channels"): [strongest_channels(found, row) for row in rows],
    }


def importance_range(known: ConceptImportance, row: int) -> str:
    """Both ends of the band of one concept; nothing where there is none."""
    if known.lower is None or known.upper is None:
        return ""
    return range_text(float(known.lower[row]), float(known.upper[row]))


def offer_in_image(
    found: ConceptsFound, picture: Picture, drawn: ReportPicture, table: Finding, key: str
) -> None:
    """Add what concepts do in an image to the report, or take it out.

    Args:
        found: the concepts.
        picture: the image.
        drawn: where one concept lies in it: by this picture the table goes when the image goes.
        table: what was found; model, data set, image and their record are added.
        key: of the buttons.
    """
    question = found.question
    text = _("{about} Layer: {layer}. Image: {picture} ({digest}).")
    about = text.format(
        about=about_data(found.choice),
        layer=question.layer,
        picture=_(picture.name),
        digest=picture.sha256[:12],
    )
    record = data_record(
        found.choice,
        layer=question.layer,
        of=question.name,
        concepts=len(found.book.basis),
        picture=picture.sha256,
        **table.record,
    )
    said = (*table.sentences, _(SOURCE))
    offer_finding(Finding(table.title, about, table.frame, (drawn,), said, record), key)
