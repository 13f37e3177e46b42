"""What tests of concepts found, in sentences."""

from collections.abc import Sequence

from components.tcav.choice import TargetChoice
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.measure.concepts.places import ANY
from compute.tcav.asking import ConceptFinding

MOST_SAID = 8


def finding_sentence(row: ConceptFinding, target: TargetChoice) -> str:
    """One test in a sentence."""
    text = {
        "for": _("**{concept}** speaks for **{name}** in {layer}: share {share}, p = {p}."),
        "against": _("**{concept}** speaks against **{name}** in {layer}: share {share}, p = {p}."),
        "none": _("**{concept}** does no more for **{name}** in {layer} than random images do: p = {p}."),
        "unknown": _("Layer {layer} does not know **{concept}**: it tells {accuracy} of new images apart."),
    }[row.verdict]
    return text.format(
        concept=as_text(_(row.concept)),
        name=as_text(_(target.name)),
        layer=as_text(row.layer),
        share=numbers.decimal(row.test.share, 2),
        p=numbers.decimal(row.adjusted, 3),
        accuracy=numbers.share(row.test.accuracy),
    )


def limits_said(rows: Sequence[ConceptFinding]) -> list[str]:
    """What has to be known of all tests together."""
    said = []
    if not any(row.verdict in ("for", "against") for row in rows):
        said.append(
            _("None of these concepts does more than random images do. Read nothing into the shares.")
        )
    if any(row.test.silent > 0 for row in rows):
        said.append(_("In some images the score does not depend on the layer at all. They count as 0."))
    return said


def control_said(rows: Sequence[ConceptFinding], target: TargetChoice) -> str:
    """What the class itself shows as a concept; where nothing was found, that it would show something."""
    if target.zone is None and target.name in [row.concept for row in rows]:
        text = _("“{name}” itself is one of the concepts. A test that missed it could find nothing else.")
        return text.format(name=as_text(_(target.name)))
    if any(row.verdict in ("for", "against") for row in rows):
        return ""
    return _("Images of the class itself, given as a concept, would show that the test can find something.")


def finding_word(row: ConceptFinding) -> str:
    """One test in a word or two."""
    return {
        "for": _("speaks for it"),
        "against": _("speaks against it"),
        "none": _("as random images"),
        "unknown": _("not known here"),
    }[row.verdict]


def target_name(target: TargetChoice, labels: tuple[str, ...]) -> str:
    """The class, or the class rather than another."""
    name = as_text(_(target.name))
    if target.versus == ANY:
        return name
    text = _("{name} in contrast with {versus}")
    return text.format(name=name, versus=as_text(_(labels[target.versus])))
