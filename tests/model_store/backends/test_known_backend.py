"""What runs a model here is known without loading it, once it was found out."""

from engine.model import Backend, ModelFacts
from model_store.backends.choice import ALLOWED, known_backend, machine_name
from model_store.backends.converted import Converted, converted_folder, keep_record


def test_it_is_read_for_this_machine_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path))
    monkeypatch.setenv("VITRINE_BACKEND", "auto")
    facts = ModelFacts("toy", "Toy", "classification", ("a",), ((0, 0, 0),), "", "f" * 64)
    assert known_backend(facts) is None
    here = Backend(seconds={Backend.name: 0.02})
    other = Backend(seconds={Backend.name: 9.0})
    keep_record(converted_folder(facts), Converted((), frozenset(), {"another": other}))
    assert known_backend(facts) is None
    machines = {"another": other, machine_name(ALLOWED["auto"]): here}
    keep_record(converted_folder(facts), Converted((), frozenset(), machines))
    assert known_backend(facts) == here
