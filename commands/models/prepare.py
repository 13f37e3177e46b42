"""`prepare`: what is done the first time that a model is loaded on a machine, done ahead."""

import shutil
from collections.abc import Iterator, Mapping
from typing import Any

from model_store.backends.converted import converted_folder
from model_store.catalogue import ModelRef, availability, catalogue, model_facts


def prepare_models(models: list[str]) -> Iterator[dict[str, Any]]:
    """Converts, checks and times each model, or all whose files are there, and says what runs it from now on.

    Raises:
        ModelError: there is no such model, or a file of it is missing.
    """
    from model_store.loading.load import load_model

    ready = [entry.key for entry in catalogue().values() if availability(entry).ready]
    for key in models or ready:
        ref = ModelRef.parse(key)
        shutil.rmtree(converted_folder(model_facts(ref)), ignore_errors=True)
        model = load_model(ref)
        backend, gradients = model.backend, model.gradient_backend
        yield {
            "model": key,
            "runs on": backend.name,
            "ms a picture": _listed({name: f"{1000 * each:.2g}" for name, each in backend.seconds.items()}),
            "largest difference": f"{backend.difference:.0e}" if backend.difference else "",
            "gradients by": gradients.name,
            "ms a gradient": _listed(
                {name: f"{1000 * each:.2g}" for name, each in gradients.seconds.items()}
            ),
            "not used": _listed({**backend.refused, **gradients.refused}),
        }


def _listed(facts: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {fact}" for name, fact in facts.items())
