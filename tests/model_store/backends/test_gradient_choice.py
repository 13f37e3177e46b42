"""Choice of what computes gradients: kept where it agrees; whatever goes wrong leaves TensorFlow."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelError
from engine.model import INPUT, OPENVINO_F32, Backend
from model_store.backends import gradient_choice
from model_store.backends.converted import GRADIENTS, RECORD, Converted, read_converted
from model_store.backends.gradient_choice import GradientPlace, find_gradients
from model_store.network.input_gradients import LETS_PASS
from tests.model_store.backends.conftest import SIZE


@pytest.fixture
def place(classifier, converted, tmp_path):
    for suffix in (".xml", ".bin"):
        (tmp_path / "network").with_suffix(suffix).write_bytes(converted.with_suffix(suffix).read_bytes())
    record = Converted(classifier.target_layers, classifier.traits)
    return GradientPlace(tmp_path, "here", SIZE.size_hw((24, 24)), record)


def never():
    raise AssertionError("the model was loaded")


@pytest.mark.models
def test_gradients_agree_and_are_kept(classifier, place, rng):
    backend, found = find_gradients(place, lambda: classifier)
    assert (
        backend.name == OPENVINO_F32
        and backend.difference < 1e-5
        and set(backend.seconds) == {"TensorFlow", OPENVINO_F32}
    )
    assert find_gradients(place, never)[0] == backend == place.known()
    pictures = rng.uniform(0, 255, (3, 24, 24, 3)).astype(np.float32)
    weights = rng.normal(size=(3, 4)).astype(np.float32)
    for rule in LETS_PASS:
        np.testing.assert_allclose(
            found.input_gradients(pictures, weights, rule),
            classifier.input_gradients(pictures, weights, rule),
            atol=1e-6,
        )
    names = [layer.name for layer in classifier.target_layers] + [INPUT]
    wanted, seen = (one.layer_gradients(pictures, weights, names) for one in (classifier, found))
    for name in names:
        np.testing.assert_allclose(seen[name].activation, wanted[name].activation, rtol=1e-5, atol=1e-4)
        np.testing.assert_allclose(seen[name].gradient, wanted[name].gradient, atol=1e-6)
    with pytest.raises(ModelError, match="made for an output"):
        found.input_gradients(pictures, weights[:, :3], "plain")
    with pytest.raises(ModelError, match="There is no rule 'lucky'"):
        found.input_gradients(pictures, weights, "lucky")


@pytest.mark.models
def test_a_process_with_the_graph_on_disk_needs_no_tensorflow(classifier, place):
    assert find_gradients(place, lambda: classifier)[0].name == OPENVINO_F32
    code = f"""
import sys
from pathlib import Path
import numpy as np
from model_store.backends.gradient_choice import GradientPlace, find_gradients
from model_store.backends.converted import read_converted
folder = Path({str(place.folder)!r})
found = find_gradients(GradientPlace(folder, "here", (24, 24), read_converted(folder)), None)[1]
pictures, weights = np.zeros((1, 24, 24, 3), np.float32), np.ones((1, 4), np.float32)
name = read_converted(folder).target_layers[0].name
assert found.input_gradients(pictures, weights, "guided").shape == (1, 24, 24, 3)
assert found.layer_gradients(pictures, weights, [name])[name].gradient.any()
assert not {{"tensorflow", "keras", "transformers"}} & set(sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.models
@pytest.mark.parametrize("harm", ["not convertible", "other gradients", "slow"])
def test_whatever_goes_wrong_leaves_tensorflow_and_says_why(classifier, place, monkeypatch, harm):
    def fail(*_):
        raise RuntimeError("Cannot convert\nSomething")

    if harm == "not convertible":
        monkeypatch.setattr(gradient_choice, "convert", fail)
        reason = "Cannot convert"
    elif harm == "slow":
        monkeypatch.setattr(gradient_choice, "_seconds", lambda one, *_: 1.0 if one is classifier else 3.0)
        reason = "its gradients take 3.0 times the processor time"
    else:
        other = gradient_choice.OpenvinoGradients
        plain = other.input_gradients
        monkeypatch.setattr(other, "input_gradients", lambda self, *asked: plain(self, *asked) * 1.01)
        reason = "its gradients differ by up to 0.01"
    backend, found = find_gradients(place, lambda: classifier)
    assert (backend.name, found) == ("TensorFlow", None) and reason in str(backend.refused[OPENVINO_F32])
    assert find_gradients(place, never)[1] is None  # what was refused is not tried again
    assert not (place.folder / GRADIENTS).exists() and (place.folder / RECORD).is_file()


@pytest.mark.models
def test_what_is_gone_is_made_anew(classifier, place):
    find_gradients(place, lambda: classifier)
    (place.folder / GRADIENTS).unlink()
    assert read_converted(place.folder).gradients == {} and place.known() is None
    assert find_gradients(place, lambda: classifier)[0].name == OPENVINO_F32
    assert isinstance(place.known(), Backend)
