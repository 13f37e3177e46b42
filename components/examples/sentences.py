"""Sentences about a counterfactual: what changes, and how it is known that nothing smaller does."""

from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.work.examples.counterfactual import CounterfactualOrder, CounterfactualView
from engine.examples.search import FoundSet
from engine.examples.trials import Hidden
from engine.trust.on_cells import areas_of


def change_said(order: CounterfactualOrder, view: CounterfactualView, hidden: Hidden | None) -> str:
    """What hiding a set does to the answer; None says that no set changes it."""
    if hidden is None:
        return _("No set that was tried changes the answer, not even all parts at once. Another fill might.")
    trial = view.trial(hidden)
    if trial is None:
        return ""
    labels, name = order.prediction.facts.labels, _target_name(order)
    after = as_text(_(labels[trial.answer]))
    if not hidden:
        text = _("The model answers **{after}**, not **{name}**, so nothing has to be hidden.")
        return text.format(after=after, name=name)
    areas = areas_of(order.cells, order.prediction.input_hw)
    counts = {
        "count": numbers.count(len(hidden)),
        "all": numbers.count(order.cells.count),
        "share": numbers.share(float(areas[sorted(hidden)].sum())),
    }
    if order.prediction.zones is None:
        text = _(
            "Hiding **{count} of {all}** parts ({share} of the image) changes the answer to **{after}**."
        )
        return text.format(after=after, **counts)
    text = _("With **{count} of {all}** parts hidden ({share} of the image), **{name}** loses its class.")
    rest = _("It keeps it in {kept} of its pixels; the others become mostly **{after}**.")
    kept = numbers.share(trial.kept)
    return f"{text.format(name=name, **counts)} {rest.format(kept=kept, after=after)}"


def _target_name(order: CounterfactualOrder) -> str:
    return as_text(_(order.prediction.targets.wanted(order.spec.wanted).label))


def caption_of(order: CounterfactualOrder, view: CounterfactualView, hidden: Hidden) -> str:
    """The answer to an image, with its probability."""
    trial = view.trial(hidden)
    if trial is None:
        return ""
    name, probability = _(order.prediction.facts.labels[trial.answer]), numbers.share(trial.probability)
    text = _("Answer: {name}, {probability}")
    if order.prediction.zones is not None:
        text = _("Most frequent answer where the zone changes: {name}, {probability} on average there")
    return text.format(name=name, probability=probability)


def proof_of(order: CounterfactualOrder, found: FoundSet) -> list[str]:
    """How it is known that the set is small, and what it took."""
    said = [_smallest(found)]
    if found.irreducible and len(found.hidden or ()) > 1:
        said.append(_("Each part is needed: with any one of them shown again, the answer stays."))
    runs = numbers.runs(found.runs)
    if order.paid.runs:
        text = _("{runs}, on top of the {paid} of a pass that was paid already and showed where to begin.")
        said.append(text.format(runs=runs, paid=numbers.count(order.paid.runs)))
    else:
        said.append(_("{runs}, without a pass to begin with.").format(runs=runs))
    said.append(_("The model was asked about exactly this image, in the colours that the file has."))
    return said


def _smallest(found: FoundSet) -> str:
    if found.proved:
        if len(found.hidden or ()) == 1:
            return _("It is the smallest: a single part.")
        return _("It is proved the smallest: every smaller set was tried, and the answer stayed.")
    if found.all_below == 2:
        return _("No smaller set was found. Each part was tried alone; larger sets were not all tried.")
    text = _("No smaller set was found. All sets of fewer than {size} parts were tried.")
    return text.format(size=numbers.count(found.all_below))
