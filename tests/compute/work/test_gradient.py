"""Gradient passes on a real cluster and in process: what handles tell, and who shares what."""

from dataclasses import replace

import numpy as np
import pytest

from compute.base.errors import TaskError
from compute.scheduling.queue import JobQueue
from compute.work.gradient import GradientOrder, GradientSpec
from compute.work.maps import MAX_TARGETS
from engine.errors import ModelError, ParamsError, TargetError, VitrineError
from engine.explanation import Explanation
from engine.gradients.params import CamParams
from engine.gradients.run import KEYS
from engine.gradients.target_layers import ALL, BEST
from engine.images.picture import Picture
from tests.compute.conftest import ask, run_here, toy_spec, wait_done, wait_for

ZONE = 0


@pytest.fixture
def picture(picture):
    """Noise in the bright half: the model's only zone is "bright", in whatever order tests run."""
    return Picture(picture.pixels // 2 + 128, picture.name)


@pytest.fixture
def asked(picture):
    """A gradient pass over all layers."""
    quick = ask(toy_spec("toy"), picture)
    return GradientOrder(GradientSpec(quick.spec.ref, (ZONE,), (ALL,)), quick.prediction, picture)


def test_the_price_says_how_many_layers_it_answers_for(asked):
    price = asked.price
    assert price.layers == (price + price).layers == len(asked.target_layers) > 1


def test_one_pass_answers_for_all_methods_layers_and_directions(queue, asked, batch_log, no_framework):
    spec, prediction = asked.spec, asked.prediction
    job = queue.start(asked)
    wait_done(job)
    maps = {
        (method, direction): job.view.explain_layers(ZONE, method, CamParams(direction=direction))
        for method in KEYS
        for direction in ("for", "against")
    }
    assert batch_log.runs(spec) == 1
    for (method, direction), layers in maps.items():
        assert list(layers) == ["whole", "seen"]
        assert all(
            found.params == {"layer": target_layer, "direction": direction}
            for target_layer, found in layers.items()
        )
        assert all(
            (found.method, found.target) == (method, prediction.targets[ZONE]) for found in layers.values()
        )
        assert layers["seen"] == job.view.explain(ZONE, method, CamParams(direction=direction))
        assert layers["seen"].values[8:].sum() == layers["seen"].values[:, 8:].sum() == 0
    assert maps["gradcam", "for"]["seen"].values[:8, :8].min() > 0


def test_an_explanation_says_what_it_is_and_is_read_back_equal(asked, tmp_path):
    prediction, picture = asked.prediction, asked.picture
    found = run_here(asked).explain(ZONE, "layercam")
    assert (found.cost.forwards, found.cost.backwards) == (1, 1) and 0 < found.cost.seconds < 10
    assert found.score == pytest.approx(prediction.base["logit"][ZONE]) and not found.signed
    assert found.provenance == prediction.provenance(
        picture, {"targets": list(asked.spec.wanted), "place": asked.spec.wanted.index(ZONE)}, "TensorFlow"
    )
    assert found.figures == {"raw maximum": pytest.approx(found.values.max()), "removed by ReLU": 0.0}
    found.save(tmp_path)
    assert Explanation.load(tmp_path) == found


def test_in_process_and_on_the_cluster_are_equal(queue, asked):
    job, view = queue.start(asked), run_here(asked)
    wait_done(job)
    for method in KEYS:
        np.testing.assert_array_equal(
            job.view.explain(ZONE, method).values, view.explain(ZONE, method).values
        )


def test_two_tabs_and_two_servers_share_a_pass(cluster, queue, picture, batch_log):
    quick = ask(toy_spec("slow"), picture)
    spec = GradientSpec(quick.spec.ref, (ZONE,), ("seen", BEST))
    same = replace(spec, layers=("seen",))
    jobs = [
        server.start(GradientOrder(order, quick.prediction, picture))
        for server in (queue, JobQueue(cluster))
        for order in (spec, same)
    ]
    for job in jobs:
        wait_done(job)
    assert batch_log.runs(spec) == 1
    assert all(job.view.explain(ZONE, "gradcam") == jobs[0].view.explain(ZONE, "gradcam") for job in jobs)
    assert queue.start(GradientOrder(spec, quick.prediction, picture)).state == "done"


def test_what_is_asked_makes_the_key(asked):
    spec, prediction, picture = asked.spec, asked.prediction, asked.picture
    order = asked
    assert GradientOrder(spec, prediction, Picture(picture.pixels, "another name")).key == order.key
    others = [
        GradientOrder(replace(spec, layers=(BEST,)), prediction, picture),
        GradientOrder(replace(spec, wanted=(ZONE, ZONE)), prediction, picture),
        GradientOrder(
            spec, replace(prediction, facts=replace(prediction.facts, fingerprint="other")), picture
        ),
    ]
    assert len({order.key, *(other.key for other in others)}) == 4


@pytest.mark.parametrize(
    ("change", "kind", "sentence"),
    [
        ({"layers": ("cellar",)}, ModelError, "no layer 'cellar'.*whole, seen"),
        ({"layers": ()}, ParamsError, "at least one layer"),
        ({"wanted": (7,)}, TargetError, "no target 7"),
        ({"wanted": ((0, 1),)}, TargetError, "no target|set against"),
        ({"wanted": ()}, ParamsError, "one to"),
        ({"wanted": (ZONE,) * (MAX_TARGETS + 1)}, ParamsError, "one to"),
    ],
)
def test_an_order_must_fit(queue, asked, change, kind, sentence):
    spec, prediction, picture = asked.spec, asked.prediction, asked.picture
    with pytest.raises(kind, match=sentence):
        queue.start(GradientOrder(replace(spec, **change), prediction, picture))


def test_a_model_without_layers_says_so(queue, asked):
    spec, prediction, picture = asked.spec, asked.prediction, asked.picture
    with pytest.raises(ModelError, match="none"):
        queue.start(
            GradientOrder(replace(spec, layers=(BEST,)), replace(prediction, target_layers=()), picture)
        )


def test_what_was_not_ordered_is_not_read(asked):
    spec = asked.spec
    view = run_here(replace(asked, spec=replace(spec, layers=(BEST,))))
    for wrong in ((1, "gradcam"), (ZONE, "gradcam", CamParams("whole")), (ZONE, "sobol")):
        with pytest.raises(VitrineError):
            view.explain(*wrong)


def test_a_model_that_fails_fails_in_words(queue, picture):
    quick = ask(toy_spec("broken"), picture)
    job = queue.start(GradientOrder(GradientSpec(quick.spec.ref, (ZONE,)), quick.prediction, picture))
    assert job.view.explain(ZONE, "gradcam") is None and job.view.explain_layers(ZONE, "gradcam") == {}
    wait_for(lambda: job.finished)
    assert job.state == "failed" and isinstance(job.error, TaskError) and "on purpose" not in str(job.error)
    with pytest.raises(ParamsError, match="another model or image"):
        queue.start(
            GradientOrder(
                GradientSpec(quick.spec.ref, (ZONE,)),
                quick.prediction,
                Picture(picture.pixels[::-1], "other"),
            )
        )
