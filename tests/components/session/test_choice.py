"""What a model sees of one's own image is one's own, also where it is only a part of it."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    import numpy as np
    import streamlit as st

    from components.session.choice import Choice
    from components.session.own_pictures import is_own, tray
    from engine.images.files import FileResult
    from engine.images.picture import Picture
    from model_store.catalogue import ModelRef

    wide = Picture(np.random.default_rng(1).integers(0, 256, (96, 160, 3), dtype=np.uint8), "wide.png")
    seen = Choice(ModelRef("imagenet-lite0"), wide, False, "").seen
    st.session_state["sample"] = is_own(seen)
    tray().add([FileResult("wide.png", wide)])
    again = Choice(ModelRef("imagenet-lite0"), wide, True, "")
    st.session_state["differs"] = again.seen.sha256 != wide.sha256
    st.session_state["own"] = is_own(again.seen)
    tray().remove(wide.sha256)
    st.session_state["gone"] = is_own(wide)


def test_a_part_of_ones_own_image_is_ones_own():
    found = AppTest.from_function(page).run(timeout=60)
    assert not found.exception
    said = found.session_state
    assert (said["sample"], said["differs"], said["own"], said["gone"]) == (False, True, True, False)
