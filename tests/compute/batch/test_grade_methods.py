"""Methods graded over many images: rows for each, what cannot be graded says so, and nothing is run twice."""

import io
import os
from itertools import count

import numpy as np
import pytest
from PIL import Image

from compute.batch.grade_methods import GradeEach
from compute.batch.pictures import list_pictures
from compute.batch.run import Batch
from compute.run.once import OnceRunner
from compute.run.runners import LocalRunner
from compute.work.kinds import orders_of
from compute.work.maps import MapRequest
from engine.errors import ParamsError
from engine.methods import get_method
from engine.perturbation.methods.params import SobolParams
from engine.trust.pass_params import CommonParams
from engine.trust.tables.columns import COLUMNS
from model_store.catalogue import ModelRef
from tests.compute.conftest import PARAMS, predict_here

_numbers = count()
ASKED = (("sobol", PARAMS), ("occlusion", get_method("occlusion").params(positions=4)))


@pytest.fixture
def folder(tmp_path):
    for seed in range(2):
        pixels = np.full((64, 64, 3), 90 + seed, np.uint8)
        pixels[:16, 16:32] = 250
        content = io.BytesIO()
        Image.fromarray(pixels).save(content, "PNG")
        (tmp_path / f"{seed}.png").write_bytes(content.getvalue())
    (tmp_path / "bad.jpg").write_bytes(b"no image")
    return tmp_path


class Counting:
    """A runner that counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.runner = LocalRunner()

    def run(self, order, *rest):
        self.asked.append(order.key)
        return self.runner.run(order, *rest)


def test_every_image_and_method_has_a_row_and_the_next_call_runs_nothing(folder, tmp_path):
    spec = GradeEach(ModelRef(f"toy-graded-{os.getpid()}-{next(_numbers)}"), ASKED, CommonParams(grid=4))
    out = tmp_path / "out"
    batch = Batch(spec, list_pictures(folder, spare=(out,)).items, out)
    runner = Counting()
    outcomes = {outcome.name: outcome for outcome in batch.run(runner)}
    batch.write_table()
    assert outcomes["bad.jpg"].error is not None
    rows = [row for name in ("0.png", "1.png") for row in outcomes[name].rows]
    assert [row["method"] for row in rows] == ["sobol", "occlusion"] * 2
    for row in rows:
        assert row["refused"] is None and row["kind"] == "zone"
        assert all(np.isfinite(row[key]) for key in ("fidelity", "deletion", "fidelity_even", "pointing"))
        assert 0 <= row["deletion_percentile"] <= 1
    assert len(runner.asked) == len(set(runner.asked)), "nothing is asked twice"
    again = Batch(spec, batch.items, out)
    assert [bool(outcome) for outcome in again.done()] == [item.name != "bad.jpg" for item in again.items]


def test_equal_orders_of_an_image_are_run_once(picture):
    runner, prediction = Counting(), predict_here("toy", picture)
    request = MapRequest(ModelRef("toy"), get_method("sobol"), PARAMS, prediction, picture, (0,))
    once = OnceRunner(runner)
    views = [once.run(orders_of(request)[0]) for _again in range(2)]
    assert len(runner.asked) == 1 and views[0].explain(0) == views[1].explain(0)


def test_columns_are_those_of_the_table_and_other_questions_have_other_keys():
    spec = GradeEach(ModelRef("toy"), ASKED, CommonParams(grid=4))
    assert set(COLUMNS) <= set(spec.schema.names)
    facts = spec.fitting_facts()
    others = (
        GradeEach(ModelRef("toy"), ASKED[:1], CommonParams(grid=4)),
        GradeEach(ModelRef("toy"), ASKED, CommonParams(grid=8)),
        GradeEach(ModelRef("toy"), ASKED, CommonParams(grid=4), top=2),
        GradeEach(ModelRef("toy"), (("sobol", SobolParams()), ASKED[1]), CommonParams(grid=4)),
    )
    assert len({spec.key(facts), *(other.key(facts) for other in others)}) == 5
    with pytest.raises(ParamsError, match="at least one method"):
        GradeEach(ModelRef("toy"), (), CommonParams())
