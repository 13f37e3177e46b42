"""Report of a model's examination, for people who do not read code."""

from collections.abc import Sequence

import streamlit as st

from components.words import numbers
from components.words.i18n import _, plural
from components.words.plain import as_text
from compute.doctor.diagnosis import Diagnosis, Remark, Trial
from compute.doctor.preset_choice import rival_of
from engine.method import FORWARDS_ONLY
from engine.methods import METHODS
from engine.model import ModelFacts
from engine.phrase import later
from model_store.own.model import OutputKind

SHOWN_ANSWERS = 3
THE_MODEL = later("the model")
LAST_STEPS: dict[OutputKind, str] = {
    "logits": later("raw scores (logits)"),
    "softmax": later("probabilities of a softmax"),
    "sigmoid": later("probabilities of sigmoids, one for each class"),
}

PRESETS = {
    "file": later("as stated in its files"),
    "raw": later("0 to 255"),
    "unit": later("0 to 1"),
    "signed": later("-1 to 1"),
    "torch": later("as PyTorch: 0 to 1, ImageNet"),
    "caffe": later("as Caffe: blue first, ImageNet"),
    "hand": later("custom values"),
}
"""Names for people of the ways in which colours are scaled before a network."""


def preset_title(preset: str) -> str:
    """What a preset does to colours."""
    return _(PRESETS[preset]) if preset in PRESETS else preset


def show_remarks(remarks: Sequence[Remark]) -> None:
    """Warnings, all in one place."""
    lines = [said(remark) for remark in remarks]
    if lines:
        st.warning("\n".join(f"- {line}" for line in lines) if len(lines) > 1 else lines[0])


def said(remark: Remark) -> str:
    """A remark as Markdown, in the language of the page; presets go by their names for people."""
    values = {
        name: f"“{preset_title(str(value))}”" if name in ("best", "chosen") else value
        for name, value in remark.values.items()
    }
    return as_text(_(remark.text).format(**values) if values else _(remark.text))


def show_facts(diagnosis: Diagnosis) -> None:
    """What it is, a line for each thing."""
    facts = {
        _("Input"): _taken(diagnosis),
        _("Output"): _answered(diagnosis),
        _("Last step"): _last_step(diagnosis),
        _("Size"): _made_of(diagnosis),
        _("Layers to inspect"): _layers(diagnosis),
        _("Gradients"): _("flow from its answer back to the image") if diagnosis.gradients else _("none"),
        _("Rectified units (ReLU)"): _("yes") if diagnosis.relu else _("none"),
        _("Speed here"): _("{seconds} for a thousand model evaluations").format(
            seconds=numbers.duration(diagnosis.seconds_per_run * 1000)
        ),
        _("Memory"): _("about {size} in use").format(size=numbers.megabytes(diagnosis.memory_mb)),
    }
    line = "- " + _("**{name}**: {text}")
    st.markdown("\n".join(line.format(name=name, text=text) for name, text in facts.items()))


def _taken(diagnosis: Diagnosis) -> str:
    height, width, channels = diagnosis.input_shape
    grey = _("; colours are converted to grey") if channels == 1 else ""
    if height is None or width is None:
        return _("images of any size") + grey
    return _("images of {width} x {height} pixels").format(width=width, height=height) + grey


def _answered(diagnosis: Diagnosis) -> str:
    classes = numbers.count(diagnosis.classes)
    if diagnosis.task == "segmentation":
        rows, columns = diagnosis.output_shape[:2]
        text = _("one of {classes} classes for each pixel of a map of {columns} x {rows} (segmentation)")
        return text.format(classes=classes, columns=columns, rows=rows)
    return _("one of {classes} classes for the whole image (classification)").format(classes=classes)


def _last_step(diagnosis: Diagnosis) -> str:
    seen = _("read from its graph") if diagnosis.answer_certain else _("guessed from its outputs")
    return _("{step}; {seen}").format(step=_(LAST_STEPS[diagnosis.answer]), seen=seen)


def _made_of(diagnosis: Diagnosis) -> str:
    text = _("{layers} operations with {weights} weights").format(
        layers=numbers.count(diagnosis.layers), weights=numbers.count(diagnosis.parameters)
    )
    inside = plural("; {count} model inside", "; {count} models inside", diagnosis.nested)
    return text + (inside.format(count=numbers.count(diagnosis.nested)) if diagnosis.nested else "")


def _layers(diagnosis: Diagnosis) -> str:
    best = next((target_layer for target_layer in diagnosis.target_layers if target_layer.best), None)
    if best is None:
        return _("none")
    rows, columns, channels = best.shape_hwk
    return _(
        "{count}; class activation maps use **{name}** by default, {channels} maps of {columns} x {rows}"
    ).format(
        count=numbers.count(len(diagnosis.target_layers)),
        name=as_text(best.name),
        channels=numbers.count(channels),
        columns=columns,
        rows=rows,
    )


def show_trials(diagnosis: Diagnosis, names: Sequence[str]) -> None:
    """What it answers to the sample pictures under each preprocessing.

    Args:
        diagnosis: of the model.
        names: its labels as far as they are known; the others go by their number.
    """
    st.markdown(
        _(
            "**How were colours scaled in training?** It was tried on {count} sample images with "
            "each usual scaling."
        ).format(count=numbers.count(diagnosis.trials[0].pictures if diagnosis.trials else 0))
    )
    st.markdown(choice_text(diagnosis))
    st.dataframe(
        {
            _("Colours"): [
                marked(preset_title(trial.preset), trial.preset == diagnosis.suggested_preset)
                for trial in diagnosis.trials
            ],
            _("Confidence"): [numbers.share(trial.confidence) for trial in diagnosis.trials],
            _("Stable when mirrored"): [numbers.share(trial.consistency) for trial in diagnosis.trials],
            _("Information"): [
                _("{bits} bits").format(bits=numbers.decimal(trial.information, 2))
                for trial in diagnosis.trials
            ],
            _("Answers"): [_answers(trial, names) for trial in diagnosis.trials],
        },
        hide_index=True,
        width="stretch",
    )
    st.caption(
        _(
            "The right scaling usually gives the most informative answers, and the same ones for "
            "mirrored images. Confidence alone proves nothing: a wrong scaling can make a model "
            "sure of one class everywhere."
        )
    )


def choice_text(diagnosis: Diagnosis) -> str:
    """Which scaling is suggested, why, and how sure that is."""
    preset = diagnosis.suggested_preset
    title, trial = as_text(preset_title(preset)), diagnosis.trial_of(preset)
    if preset == "file":
        return _("**Suggested: {title}.** Its files say so.").format(title=title)
    if diagnosis.shown_preset or trial is None:
        return _("**Suggested: {title}.** Its first layers scale colours themselves.").format(title=title)
    text = _("**Suggested: {title}.** It is the best one in {share} of random draws of these images.")
    rival = rival_of(diagnosis)
    other = diagnosis.trial_of(rival) if rival else None
    said = text.format(title=title, share=numbers.share(trial.sure))
    if other is None:
        return said
    close = _("Close behind: {title}, the best one in {share}.")
    return f"{said} " + close.format(
        title=as_text(preset_title(other.preset)), share=numbers.share(other.sure)
    )


def marked(title: str, suggested: bool) -> str:
    """A title; that of what is suggested says so."""
    return title + " " + _("(suggested)") if suggested else title


def _answers(trial: Trial, names: Sequence[str]) -> str:
    return "; ".join(
        _("{name}: {text}").format(name=_(title), text=f"{label_of(index, names)} {numbers.share(sure)}")
        for title, index, sure in trial.answers[:SHOWN_ANSWERS]
    )


def label_of(index: int, names: Sequence[str]) -> str:
    """The name of a class, or its number; of several names the first."""
    return (
        _(names[index].split(",")[0]) if 0 <= index < len(names) else _("class {number}").format(number=index)
    )


def show_methods(diagnosis: Diagnosis) -> None:
    """Which methods fit, and why the others do not."""
    reasons = {
        method.title: reason
        for method in METHODS.values()
        if (reason := method.why_not(facts_of(diagnosis), _traits(diagnosis)))
    }
    fitting = [_(method.title) for method in METHODS.values() if method.title not in reasons]
    text = _("**{count} of {all} methods are available**: {names}.")
    st.markdown(
        text.format(
            count=numbers.count(len(fitting)), all=numbers.count(len(METHODS)), names=", ".join(fitting)
        )
    )
    if reasons:
        with st.expander(_("Why the other {count} are not").format(count=numbers.count(len(reasons)))):
            st.markdown("\n".join(f"- {_(reason)}" for reason in reasons.values()))


def facts_of(diagnosis: Diagnosis) -> ModelFacts:
    """What methods ask for; it has no title yet."""
    return ModelFacts("examined", THE_MODEL, diagnosis.task, (), (), "", "")


def _traits(diagnosis: Diagnosis) -> set[str]:
    """What its network has, as the examination has found it."""
    found = {
        "relu": diagnosis.relu,
        "layer": bool(diagnosis.target_layers),
        FORWARDS_ONLY: diagnosis.answers_only,
    }
    return {trait for trait, there in found.items() if there}
