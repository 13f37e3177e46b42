"""replay: one method of each pass computed again, on a classifier known on paper."""

import json
import math
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from cli import app
from components.grades.known import grade_facts
from compute.replay.bundle import Bundle, write_bundle
from compute.replay.regraded import compare_grades, recorded_grades
from compute.replay.replay import Replayer
from compute.replay.verdict import compare
from compute.run.runners import LocalRunner, answer_request, predict_with
from compute.trust.grading import GradeRequest, strengths
from compute.trust.paid import paid_fidelity
from compute.work.maps import MapRequest
from compute.work.perturbation import PerturbationOrder, PerturbationSpec
from engine.errors import VitrineError
from engine.explanation import DAMAGE
from engine.images.picture import Picture
from engine.methods import get_method
from engine.params import from_texts
from engine.perturbation.methods.params import SobolParams
from engine.trust.metric import Grade, JudgingPass
from engine.trust.pass_params import CommonParams
from engine.trust.table import COMMON
from engine.visualise.render import png_bytes
from model_store.catalogue import ModelRef

ASKED = {
    "sobol": {"grid": 4, "designs": 64, "replicates": 4, "until": "draft"},
    "lime": {"samples": 100, "seeds": 2, "pieces": 10},
    "kernelshap": {"samples": 100, "seeds": 2, "n_segments": 5},
    "rise": {"masks": 256},
    "integrated_gradients": {"steps": 16},
    "scorecam": {},
    "gradcam": {},
}
SMALL = {"grid": 4, "designs": 32, "replicates": 4}


@contextmanager
def unseen():
    yield lambda view: None


@pytest.fixture
def picture(rng) -> Picture:
    pixels = rng.integers(0, 120, (40, 40, 3), dtype=np.uint8)
    pixels[:, :20] += 100
    return Picture(pixels, "halves.png")


@pytest.fixture
def explanations(side_model, picture):
    """The best class, and one rather than another, by each method."""
    ref, runner = ModelRef.parse(side_model), LocalRunner()
    prediction = predict_with(runner, ref, picture)
    found = []
    for method, settings in ASKED.items():
        known = {
            info: value
            for info, value in settings.items()
            if info in get_method(method).params.__dataclass_fields__
        }
        params = from_texts(get_method(method).params, known)
        request = MapRequest(ref, get_method(method), params, prediction, picture, [0, (1, 0)])
        found += [explanation for _, explanation in answer_request(request, runner, unseen)]
    return found


@pytest.fixture
def make(tmp_path):
    """Writes a bundle, gives its path."""

    def write(explanations, *pictures):
        path = tmp_path / "bundle.zip"
        path.write_bytes(
            write_bundle(Bundle(tuple(explanations), {picture.sha256: picture for picture in pictures}), b"")
        )
        return str(path)

    return write


def run(*words):
    return CliRunner().invoke(app, ["replay", *words], catch_exceptions=False)


@pytest.mark.slow
def test_everything_comes_out_the_same(explanations, picture, make, tmp_path):
    done = run(make(explanations, picture), "--json", "--out", str(tmp_path / "again"))
    assert done.exit_code == 0, done.output
    rows = json.loads(done.stdout)
    assert [row["method"] for row in rows] == [found.method for found in explanations]
    assert {row["result"] for row in rows} == {"same"} and f"{len(rows)} same bit for bit" in done.stderr
    assert (tmp_path / "again" / "01-sobol" / "overlay.png").is_file()


def test_a_pass_that_ended_early_has_as_many_runs_again(explanations, picture):
    before = next(found for found in explanations if found.method == "sobol")
    assert before.cost.forwards < 64 * 18
    now = Replayer(LocalRunner(), unseen).again(before, picture)
    assert now.cost.forwards == before.cost.forwards and compare(before, now).state == "same"
    assert now.provenance.schedule == before.provenance.schedule


def test_a_map_of_drawn_coalitions_from_before_there_was_a_choice_has_them_drawn_again(
    explanations, side_model, picture
):
    exact = next(found for found in explanations if found.method == "kernelshap")
    assert exact.figures["exact coalitions"] < exact.cost.forwards < 202
    method, ref = get_method("kernelshap"), ModelRef.parse(side_model)
    params = from_texts(method.params, {**exact.params, "coalitions": "drawn"})
    prediction = predict_with(LocalRunner(), ref, picture)
    request = MapRequest(ref, method, params, prediction, picture, [0])
    ((_wanted, drawn),) = answer_request(request, LocalRunner(), unseen)
    before = {name: value for name, value in drawn.params.items() if name != "coalitions"}
    now = Replayer(LocalRunner(), unseen).again(replace(drawn, params=before), picture)
    assert now.cost.forwards == 202 and compare(drawn, now).state == "same"


@pytest.mark.parametrize(
    "schedule",
    [{}, {"batches": [[0, -1, 10**9]], "targets": [[7]], "place": "x", "chunk": 0}],
    ids=["none", "nonsense"],
)
def test_without_a_schedule_it_is_cut_in_its_own_way(explanations, picture, schedule):
    for before in explanations[::2]:
        stripped = replace(before, provenance=replace(before.provenance, schedule=schedule))
        assert compare(stripped, Replayer(LocalRunner(), unseen).again(stripped, picture)).state in (
            "same",
            "within",
        )


def test_another_picture_makes_a_difference(explanations, picture, make):
    other = Picture(picture.pixels[:, ::-1], "mirrored.png")
    moved = [
        replace(found, provenance=replace(found.provenance, picture_sha256=other.sha256))
        for found in explanations[:2]
    ]
    done = run(make(moved, other))
    assert done.exit_code == 1 and "2 different" in done.stdout and "differs" in done.stdout


def test_a_picture_that_was_left_out_is_asked_for(explanations, picture, make, tmp_path):
    bundle, file = make(explanations[-1:]), tmp_path / "halves.png"
    file.write_bytes(png_bytes(picture.pixels))
    with pytest.raises(
        VitrineError,
        match=r"The picture halves.png is not in the bundle. Please say where it is: --image FILE.",
    ):
        run(bundle)
    assert run(bundle, "--image", str(file)).exit_code == 0


def test_what_has_changed_is_one_sentence_each(explanations, picture, make):
    first = explanations[-1]
    origins = {
        "The model streets-unet is not the one that was explained": replace(
            first.provenance, fingerprint="0" * 64
        ),
        "There is no model": replace(first.provenance, model="nobody"),
    }
    done = run(make([replace(first, provenance=origin) for origin in origins.values()], picture))
    assert done.exit_code == 1 and "2 not computed" in done.stdout
    assert all(sentence in done.stderr for sentence in origins)


def test_a_verdict_on_paper(explanations):
    before = explanations[0]
    near = replace(before, values=before.values * np.float32(1.001))
    far = replace(before, values=before.values[::-1].copy() + np.float32(1))
    assert [compare(before, other).state for other in (before, near, far)] == ["same", "within", "differs"]
    assert (
        compare(
            before, replace(before, values=before.values[:2], lower=None, upper=None, sure=None)
        ).difference
        is None
    )
    newer = replace(
        before, provenance=replace(before.provenance, versions={**before.provenance.versions, "numpy": "9"})
    )
    assert "numpy was" in compare(before, newer).otherwise[0]


@pytest.fixture
def graded(explanations, side_model, picture):
    """Grad-CAM's map with all grades as a page notes them: fidelity to a Sobol pass, the rest of a card."""
    cam = next(found for found in explanations if found.method == "gradcam")
    ref, runner = ModelRef.parse(side_model), LocalRunner()
    prediction, params = predict_with(runner, ref, picture), from_texts(SobolParams, SMALL)
    spec = PerturbationSpec(ref, "sobol", params)
    judge = runner.run(PerturbationOrder(spec, prediction, picture))
    found = paid_fidelity(cam, judge, 0)
    card = GradeRequest(ref, prediction, picture, 0, strengths(cam), CommonParams(grid=4))
    common, own = (runner.run(order) for order in card.orders)
    told = [
        (Grade("fidelity", found.value, percentile=found.percentile), "sobol", params, judge),
        *((grade, COMMON, card.params, common) for grade in card.grades(common, own).values()),
    ]
    passes = (JudgingPass(key, asked.as_dict(), view.progress().done_runs) for _, key, asked, view in told)
    grades = [replace(row[0], judge=one) for row, one in zip(told, passes, strict=True)]
    return cam, {grade.metric: grade for grade in grades}


def bundle_of(explanation, picture, grades, path):
    facts = {"maps": [{"title": "", "remark": "", "grades": grade_facts(grades)}]}
    path.write_bytes(write_bundle(Bundle((explanation,), {picture.sha256: picture}, facts), b""))
    return str(path)


@pytest.mark.slow
def test_grades_come_out_the_same_and_one_that_does_not_is_a_line(graded, picture, tmp_path):
    cam, grades = graded
    assert {"fidelity", "deletion", "mufidelity", "entropy"} <= set(grades)
    done = run(bundle_of(cam, picture, grades, tmp_path / "bundle.zip"), "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)[0]["grades"] == f"{len(grades)} same"
    other = {
        **grades,
        "fidelity": replace(grades["fidelity"], percentile=0.0),
        "deletion": replace(grades["deletion"], value=grades["deletion"].value + 0.5),
        "insertion": replace(grades["insertion"], value=grades["insertion"].value + 0.005),
        "entropy": replace(grades["entropy"], judge=None),
    }
    done = run(bundle_of(cam, picture, other, tmp_path / "bundle.zip"), "--json")
    (row,) = json.loads(done.stdout)
    assert done.exit_code == 1 and row["result"] == "same"
    assert row["grades"] == f"2 differs, 1 within, {len(grades) - 4} same"
    said = [line for line in done.stderr.splitlines() if " was " in line]
    assert [next(key for key in grades if f": {key} was" in line) for line in said] == [
        "fidelity",
        "deletion",
        "insertion",
    ]
    assert "better than 0.0% of random maps" in said[0]


def test_a_grade_on_paper():
    judge = JudgingPass("sobol", {}, 8)
    before = {key: Grade(key, value, judge=judge) for key, value in [("fidelity", 0.5), ("aopc", math.nan)]}
    assert {one.state for one in compare_grades(before, before)} == {"same"}
    fidelity, aopc = compare_grades(before, {"aopc": Grade("aopc", 0.2)})
    assert fidelity.said == "fidelity was 0.5000, now there is none" and fidelity.state == "differs"
    assert aopc.state == "differs" and aopc.said == "aopc was nan, now 0.2000"
    assert compare_grades({"fidelity": Grade("fidelity", 0.5)}, {}) == ()


@pytest.mark.parametrize(
    "facts", [[], {"value": True}, {"value": 1e999}, {"judge": {"method": "x", "params": 3, "runs": 1}}]
)
def test_grades_of_a_stranger_that_are_none_are_refused(facts):
    usual = {"value": 0.5, "random_maps_worse": None}
    with pytest.raises(DAMAGE):
        recorded_grades({"fidelity": usual | facts if facts else facts})
    assert recorded_grades({"fidelity": usual, "unheard": facts})["fidelity"].judge is None
