"""The zone picker: the data sent to the browser, and what the page makes of a click."""

import json

from components.ask.question import ZoneQuestion, facts_line, question_title
from components.maps.legend import class_shares
from components.pieces.zone_picker import picker_zones, zone_about, zone_name


def test_zones_have_names_facts_and_neighbours(scene):
    runs, facts = picker_zones(scene)
    assert sum(runs[1::2]) == scene.zones.labels.size
    assert [zone["name"] for zone in facts] == ["sky", "road", "<b>car"]
    assert facts[0]["about"] == "50 % of the image, mean probability 0.85"
    assert facts[0]["fill"] == "#4682b4"
    assert [zone["near"] for zone in facts] == [[1], [0, 2], [1]]
    assert len(json.dumps([runs, facts])) < 3000


def test_a_standing_point_is_hit_as_its_zone(scene):
    _runs, facts = picker_zones(scene)
    height, width = scene.zones.labels.shape
    for index, zone in enumerate(facts):
        assert scene.zones.at((zone["row"] / height, zone["column"] / width)).index == index


def test_small_zones_are_flagged(scene, zones):
    from dataclasses import replace

    small = replace(zones, zones=tuple(replace(zone, small=True, area=0.0016) for zone in zones.zones))
    assert zone_about(small, 2) == "0.2 % of the image, mean probability 0.85, a very small zone"


def test_names_of_what_is_asked(zones):
    assert zone_name(zones, 2) == "<b>car"
    assert question_title(ZoneQuestion("zone", 0, None, 0, ""), zones) == "sky"
    assert question_title(ZoneQuestion("border", 0, None, 3, ""), zones) == "Boundary of sky"
    assert question_title(ZoneQuestion("shared", 0, 1, 6, ""), zones) == "Boundary between sky and road"
    assert facts_line(ZoneQuestion("shared", 0, 1, 6, ""), zones).count("mean probability") == 2
    assert "Click a cell" in facts_line(ZoneQuestion("zone", None, None, None, ""), zones)


def test_class_shares_are_sorted_and_weighted(scene):
    shares = class_shares(scene.zones, scene.colours)
    assert [item.name for item in shares] == ["sky", "road", "<b>car"]
    assert abs(sum(item.area for item in shares) - 1) < 1e-6
    assert abs(shares[0].probability - 0.85) < 1e-6
