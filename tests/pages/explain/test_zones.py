"""The page of zones inside the frame, with a real cluster and a toy model."""

import pytest

from tests.pages.visits import SMALL_PASS


def map_of(page):
    return page.component("map")


@pytest.fixture
def answered(visit):
    """A page on which the map of the first zone is finished."""
    return visit("zones", zone="1", **SMALL_PASS).until(lambda page: page.mapped)


def test_says_the_cost_before_anything_is_chosen(visit):
    page = visit("zones").until_picture()
    page.widget("zone").set_value(None).run()
    assert "2,112 runs" in page.part("empty")
    assert map_of(page) is None


def test_click_starts_the_pass_and_shows_the_map(visit):
    page = visit("zones", **SMALL_PASS).until_picture().click(0.05, 0.5)
    assert page.widget("zone").value is not None
    assert "of the image, mean probability" in page.texts
    drawn = map_of(page.until(lambda page: page.mapped and "144 of 144 runs" in page.part("map-status")))
    assert (drawn["rows"], drawn["columns"], len(drawn["values"])) == (4, 4, 16)
    assert "halves of the model evaluations" in page.texts
    assert not page.at.exception and not page.at.error


def test_click_sends_nothing_new_to_the_picture(answered):
    before = answered.component("picker")
    answered.click(0.95, 0.5)
    assert answered.component("picker") == before
    other = (answered.widget("zone").value + 1) % 2
    answered.widget("zone").set_value(other).run()
    after = answered.component("picker")
    assert after["rev"] == before["rev"] + 1 and after["zone"] == other


def test_other_zone_and_border_answer_at_once(answered):
    answered.widget("zone").set_value(1).run()
    assert map_of(answered)["alt"].startswith("Map of bright")
    answered.widget("ask").set_value("border").run()
    assert map_of(answered)["alt"].startswith("Map of border of")
    assert answered.runs == 144


def test_shared_border_needs_a_second_zone_that_touches(answered):
    answered.widget("ask").set_value("shared").run()
    assert answered.has("empty") and map_of(answered) is None
    near = answered.component("picker")["zones"][0]["near"]
    options = answered.widget("with").options
    assert len(options) == len(near)
    answered.widget("with").set_value(near[0]).run()
    assert map_of(answered)["alt"].startswith("Map of border between")
    assert len(map_of(answered)["outlines"]) == 2


def test_escape_clears(answered):
    answered.send("picker", pick={"slot": "zone", "row": None, "column": None, "click": 99})
    assert answered.widget("zone").value is None
    assert answered.has("empty") and map_of(answered) is None


def test_another_picture_begins_with_a_zone_of_its_own(answered):
    before = answered.component("picker")["geo"]
    answered.widget("sample").set_value("street-2").run()
    answered.until(lambda page: (page.component("picker") or {}).get("geo") not in (None, before))
    assert answered.widget("zone").value is not None


def test_settings_change_only_when_applied_and_bad_ones_are_said(answered):
    answered.widget("designs").set_value(16)
    form = next(button for button in answered.at.button if button.label == "Apply")
    form.click().run()
    answered.until(lambda page: page.mapped)
    assert answered.runs == 288
    answered.widget("replicates").set_value(16)
    answered.widget("designs").set_value(8)
    next(button for button in answered.at.button if button.label == "Apply").click().run()
    assert "16 replicates need at least as many samples; received 8." in answered.texts
    assert answered.mapped and answered.runs == 288


def test_long_pass_waits_for_the_person(visit, monkeypatch):
    monkeypatch.setattr("components.jobs.orders.PATIENCE_SECONDS", 0)
    page = visit("zones", zone="1", **{**SMALL_PASS, "seed": "7"}).until(lambda page: page.has("start"))
    assert "144 runs" in page.texts and not page.jobs("perturbation")
    page.widget("start").click().run()
    assert page.until(lambda page: page.mapped).runs == 144


def test_stopped_pass_keeps_its_map_and_goes_on(visit, all_models_are_here):
    page = visit("zones", model="segformer-b0-cityscapes", zone="1", seed="11", designs="256").until(map_of)
    page.widget("stop-pass").click().run()
    assert page.jobs("perturbation")[0].state == "cancelled" and map_of(page)
    page.widget("again").click().run()
    assert not page.has("again") and page.has("stop-pass")
    page.widget("stop-pass").click().run()


def test_a_pass_ends_by_its_rule_and_says_so(visit):
    rule = "draft: after 4 samples"
    page = visit("zones", zone="1", seed="12", designs="256", until=rule).until(
        lambda page: page.mapped and page.jobs("perturbation")[0].state == "cancelled"
    )
    assert rule in page.texts and not page.has("again")


def test_how_to_read_comes_from_the_table(answered):
    from engine.methods import METHODS

    assert all(sentence in answered.texts for sentence in METHODS["sobol"].how_to_read)
    assert all(caveat in answered.texts for caveat in METHODS["sobol"].caveats)


@pytest.mark.parametrize(
    ("link", "ask"),
    [
        ({"zone": "2", "ask": "border"}, "border"),
        ({"zone": "bright 2"}, "zone"),
        ({"zone": "99", "ask": "<b>"}, "zone"),
    ],
)
def test_links_in_short_and_in_full(visit, link, ask):
    page = visit("zones", **link, **SMALL_PASS).until_picture()
    assert page.widget("ask").value == ask
    assert page.widget("zone").value == (None if link["zone"] == "99" else 1)


def test_a_bug_is_generic_words_and_a_trace_in_the_log(answered, monkeypatch, caplog):
    def fail(*_args):
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr("components.explain.explanation_view.offer_downloads", fail)
    answered.at.run()
    assert "Something went wrong on our side" in answered.at.error[0].value
    assert "secret" not in answered.texts
    assert "ZeroDivisionError: a secret detail" in caplog.text
