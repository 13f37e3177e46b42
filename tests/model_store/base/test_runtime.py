"""The import order: each case in a process of its own, since an import cannot be undone."""

import os
import subprocess
import sys
from itertools import permutations

import pytest

pytestmark = pytest.mark.processes

CHECK = """
import os
from model_store.base import runtime
for name in {names}:
    getattr(runtime, name)()
assert os.environ.get("TF_USE_LEGACY_KERAS") is None
tf = runtime.tensorflow()
assert tf.keras.__version__.startswith("3") and tf.keras.Model is runtime.keras().Model
if "xplique" in {names}:
    import tensorflow_probability as tfp
    assert float(tfp.distributions.Normal(0.0, 1.0).log_prob(0.0)) < 0
    import xplique.attributions as attributions
    layers = tf.keras.layers
    model = tf.keras.Sequential([tf.keras.Input((4, 4, 3)), layers.Flatten(), layers.Dense(2)])
    assert attributions.Saliency(model).explain(tf.ones((1, 4, 4, 3)), tf.one_hot([1], 2)).shape[0] == 1
if "transformers_tf" in {names}:
    import tf_keras
    assert issubclass(runtime.transformers_tf().TFSegformerForSemanticSegmentation, tf_keras.Model)
print("fine")
"""


def run(code, **variables):
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **variables}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )


@pytest.mark.parametrize(
    ("names", "variables"),
    list(zip(permutations(("transformers_tf", "xplique")), ({}, {"TF_USE_LEGACY_KERAS": "1"}), strict=True)),
)
def test_either_order_works_whatever_the_environment_says(names, variables):
    done = run(CHECK.format(names=names), **variables)
    assert done.stdout.strip() == "fine", done.stderr


def test_nothing_is_imported_before_it_is_asked_for():
    heavy = ("tensorflow", "keras", "transformers")
    code = (
        f"import sys, model_store.loading.load, model_store.loading.cache; print([m for m in {heavy} "
        "if m in sys.modules])"
    )
    assert run(code).stdout.strip() == "[]"


UNUSED = """
import gc, sys
from model_store.base import runtime
for load in (runtime.tensorflow, runtime.transformers_tf):
    load()
    print(sorted(runtime.UNUSED & sys.modules.keys()), gc.isenabled())
import pandas, sklearn.base, matplotlib  # whoever needs them has them
import keras
from transformers.utils import is_sklearn_available
assert is_sklearn_available()
assert keras.Sequential([keras.layers.Dense(1)]) is not None
"""


def test_what_nobody_uses_is_not_imported_and_can_be_later():
    done = run(UNUSED)
    assert done.stdout.splitlines() == ["[] True"] * 2, done.stdout + done.stderr


def test_another_thread_imports_what_it_needs_meanwhile():
    code = """
import threading
from model_store.base import runtime
found = []
def other():
    import pandas
    found.append(pandas.__name__)
with runtime._without_unused():
    thread = threading.Thread(target=other); thread.start(); thread.join()
    try:
        import matplotlib
    except ModuleNotFoundError:
        found.append("absent")
print(found)
"""
    done = run(code)
    assert done.stdout.strip() == "['pandas', 'absent']", done.stderr
