"""All models as cards: what each is for, how large and fast it is, where it comes from, and how it is had."""

import streamlit as st

from components.session.choice import Choice
from components.session.keys import ALL_MODELS, MODEL, remember
from components.session.own_models import visible_models
from components.session.samples import first_sample, offered, sample_thumbnail
from components.start.model_card import HUB, origin_of
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.work.predict import Prediction
from engine.errors import VitrineError
from model_store.catalogue import Entry, ModelRef, availability, model_facts, model_folder

CARD_PX = 272
FRESH_SECONDS = 60.0


def offer_models(choice: Choice, prediction: Prediction) -> None:
    """A switch that shows all models below it, ready ones first."""
    models = visible_models()
    text = _("Show all {count} models").format(count=numbers.count(len(models)))
    if not st.toggle(text, key=ALL_MODELS, persist_state="session"):
        return
    ready = {key: availability(entry).ready for key, entry in models.items()}
    with st.container(horizontal=True, gap="small", key="model-list"):
        for key in sorted(models, key=lambda key: not ready[key]):
            chosen = prediction.seconds_per_run if key == choice.ref.key else None
            _show(key, models[key], ready[key], chosen)


def _show(key: str, entry: Entry, ready: bool, chosen_seconds: float | None) -> None:
    """A card; of the chosen model it is known how long an image takes."""
    chosen = chosen_seconds is not None
    with st.container(border=True, width=CARD_PX, height="stretch", gap="xsmall", key=f"model-{key}"):
        sample = first_sample(entry)
        st.image(sample_thumbnail(sample), alt=_(offered()[sample].title), width="stretch")
        st.markdown(f"**{as_text(_(entry.title))}**")
        st.caption(as_text(_(entry.description)))
        st.markdown(_facts(entry, ready, chosen_seconds or (_seconds(key) if ready else None)))
        if not ready:
            with st.popover(_("How to get it"), key=f"model-get-{key}"):
                st.markdown(_how_to_get(entry))
        st.button(
            _("Selected") if chosen else _("Select"),
            key=f"model-choose-{key}",
            on_click=remember,
            args=(MODEL, key),
            disabled=chosen,
        )


def _facts(entry: Entry, ready: bool, seconds: float | None) -> str:
    facts = {
        _("Classes"): numbers.count(len(entry.colours)),
        _("Size"): numbers.megabytes(entry.size_mb),
        _("Speed here"): _("not measured yet")
        if seconds is None
        else _("{seconds} for a thousand model evaluations").format(seconds=numbers.duration(seconds * 1000)),
        _("Source"): origin_of(entry),
        _("Files"): _("on this machine")
        if ready
        else _("{size} to download").format(size=numbers.megabytes(entry.size_mb)),
    }
    line = "- " + _("**{name}**: {text}")
    return "\n".join(line.format(name=name, text=text) for name, text in facts.items())


@st.cache_data(ttl=FRESH_SECONDS, show_spinner=False)
def _seconds(key: str) -> float | None:
    """Seconds of one image, as they were measured here when the model was prepared; None before."""
    from model_store.backends.choice import known_backend

    try:
        backend = known_backend(model_facts(ModelRef(key)))
    except VitrineError:
        return None
    return None if backend is None else backend.seconds.get(backend.name)


def _how_to_get(entry: Entry) -> str:
    """Address, folder and digest of each file that is missing."""
    lines = [_("Select it, and Vitrine offers to download it. Or put these files into its folder yourself.")]
    names = ", ".join(f"`{name}`" for name in availability(entry).missing)
    lines.append(_("**{name}**: {text}").format(name=_("Files"), text=names))
    lines += [
        _("**{name}**: {text}").format(name=_("Address"), text=address) for address in _addresses(entry)
    ]
    lines.append(_("**{name}**: {text}").format(name=_("Folder"), text=f"`{model_folder(entry)}`"))
    lines.append(_("**{name}**: {text}").format(name=_("Digest"), text=_digests(entry)))
    return "\n\n".join(lines)


def _addresses(entry: Entry) -> list[str]:
    if entry.repo_id is not None:
        return [f"{HUB}{entry.repo_id}"]
    return [file.url for file in entry.web_files]


def _digests(entry: Entry) -> str:
    """What the content of the files must be, as far as it is known before."""
    known = ", ".join(f"`{file.digest}` ({file.name})" for file in entry.web_files if file.digest)
    return known or _("The hub states the SHA-256 of each file; it is checked after the download.")
