"""Grades on the pages that compare: fidelity from what is paid, a table on demand, fidelity by depth."""

import pytest

from tests.pages.visits import PAGES, SMALL_PASS

pytestmark = pytest.mark.usefixtures("all_models_are_here")
CLASSIFIER, NEVER_GRADED = "vgg16-imagenet", "xception-imagenet"
SMALL = {f"sobol-{name}": value for name, value in SMALL_PASS.items()}


def tiles(page):
    drawn = page.component("sheet")
    return {tile["title"]: tile for group in (drawn["groups"] if drawn else []) for tile in group["tiles"]}


def finished(page):
    shown = tiles(page).values()
    return bool(shown) and all(tile["map"] and tile["done"] is None for tile in shown)


def offered(page):
    return finished(page) and page.has("grade")


@pytest.fixture
def compared(visit):
    return visit("compare", model=CLASSIFIER, methods=["sobol", "gradcam", "layercam"], **SMALL)


def test_maps_carry_the_fidelity_to_the_pass_of_the_page_and_a_table_is_computed_on_demand(compared):
    page = compared.until(offered)
    assert all("fidelity " in tile["note"] for tile in tiles(page).values())
    assert "random maps do worse" in page.texts, "the large map has the chip"
    assert len(page.jobs("perturbation")) == 1 and not page.has("method-grades-table")
    page.widget("grade").click().run()
    page.until(lambda page: "Best on this image" in page.texts)
    (table,) = (found.value for found in page.at.dataframe if "Method" in found.value)
    assert set(table["Method"]) == {"Sobol total indices", "Grad-CAM", "LayerCAM"}
    assert {"Fidelity", "Deletion", "Insertion", "MuFidelity", "Average drop"} <= set(table)
    assert table["Deletion"].notna().all() and not page.at.exception
    page.widget("table-add-method-grades").click().run()
    assert [one.title for one in page.at.session_state["_report_tables"]] == ["Grades of methods"]


def test_fidelity_by_depth_is_a_chart_of_all_layers(visit):
    page = visit("layers", model=NEVER_GRADED).until(lambda page: page.has("grade"))
    assert "Fidelity by depth" in str([one.label for one in page.at.expander])
    assert "random maps do worse" not in page.texts, "nothing is paid yet"
    page.widget("grade").click().run()
    page.until(lambda page: "bars are 95 % bands" in page.texts)
    page.at.run()
    assert "random maps do worse" in page.texts, "the large map has the chip, too"
    assert not page.at.exception


def test_a_pass_that_another_page_has_paid_judges_maps_and_opening_a_page_starts_none(visit):
    page = visit("compare", model=CLASSIFIER, methods=["sobol"]).until(finished)
    page.at.switch_page(PAGES["layers"]).run()
    page.until(lambda page: "bars are 95 % bands" in page.texts)
    assert "random maps do worse" in page.texts and not page.jobs("perturbation")
    assert not page.at.exception
