"""Bytes on their way to the browser."""

import json

from streamlit.testing.v1 import AppTest


def sheet_of_two():
    import numpy as np

    from components.pieces.map_sheet import Group, SheetLayout, Tile, map_sheet
    from components.pieces.map_sheet.encode import PlainMap
    from engine.images.picture import Picture

    picture = Picture(np.full((64, 64, 3), 90, np.uint8), "grey.png")
    maps = {side: PlainMap(np.eye(side, dtype=np.float32), False, "an edge") for side in (8, 128)}
    outline = np.eye(8, dtype=np.bool_)
    tiles = tuple(
        Tile(str(side), f"{side} cells", shown, outlines=(outline,)) for side, shown in maps.items()
    )
    map_sheet(picture, [Group("Edges", tiles)], SheetLayout(), "sheet")


def sent(page):
    return json.loads(page.get("bidi_component")[0].proto.json)


def test_short_maps_come_with_the_sheet_and_long_ones_have_an_address_that_stays_the_same():
    page = AppTest.from_function(sheet_of_two).run()
    assert not page.exception
    short, long = (tile["map"]["values"] for tile in sent(page)["groups"][0]["tiles"])
    assert set(short) == {"low", "high", "text"} and set(long) == {"low", "high", "url"}
    assert sent(page.run())["groups"][0]["tiles"][1]["map"]["values"]["url"] == long["url"]


def test_what_is_outlined_on_all_maps_is_sent_once():
    data = sent(AppTest.from_function(sheet_of_two).run())
    assert len(data["outlines"]) == 1 and [tile["outlines"] for tile in data["groups"][0]["tiles"]] == [
        [0],
        [0],
    ]


def test_pieces_of_ours_find_their_files_below_the_path_of_a_proxy(monkeypatch):
    from components.session import media

    assert media.below_base("/media/a.jpg") == "/media/a.jpg"
    monkeypatch.setattr(media.config, "get_option", lambda name: "demo/vitrine")
    assert (
        media.below_base("/media/a.jpg") == "/demo/vitrine/media/a.jpg"
        and media.below_base("data:x") == "data:x"
    )
