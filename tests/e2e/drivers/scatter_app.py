"""A small app with a layout of points that can be coloured in two ways, and says what is selected."""

import os
from pathlib import Path

import numpy as np
import streamlit as st

COUNT = int(os.environ.get("SCATTER_COUNT", "600"))


def clusters(count: int, dimensions: int) -> np.ndarray:
    """float32 (count, dimensions) in six groups, the last point nowhere."""
    rng = np.random.default_rng(0)
    points = 4 * rng.normal(size=(6, dimensions))[np.arange(count) % 6] + rng.normal(size=(count, dimensions))
    points[-1] = np.nan
    return points.astype(np.float32)


@st.cache_resource
def small_images() -> object:
    from components.pieces.scatter.atlas import atlas

    rng = np.random.default_rng(1)
    return atlas(np.full((20, 30, 3), rng.integers(0, 256, 3), np.uint8) for _each in range(min(COUNT, 600)))


def show() -> None:
    from components.pieces.scatter import Marked, ScatterScene, picked_point, scatter, selected_points
    from components.pieces.scatter.colouring import by_group, by_value

    dimensions = 3 if st.toggle("3D") else 2
    points = clusters(COUNT, dimensions)
    names = tuple(f"image {place} <b>" for place in range(COUNT))
    scene = ScatterScene(f"toy-{dimensions}", points, names, "Six groups of points", small_images())
    groups = by_group("Group", [f"group {place % 6}" for place in range(COUNT)])
    values = by_value("Confidence", np.linspace(0, 1, COUNT), 0.0, 1.0)
    colouring = st.radio("Colour", [groups, values], format_func=lambda one: one.title, horizontal=True)
    given = st.number_input("Select the first", 0, COUNT, 0)
    scatter(scene, colouring, "points", lambda: None, Marked(np.arange(given), given))
    chosen = selected_points("points", scene)
    st.text(f"selected: {','.join(map(str, chosen))}")
    st.text(f"picked: {picked_point('points', scene)}")


if __name__ == "__main__":
    show()
else:
    from starlette.middleware import Middleware
    from streamlit.starlette import App

    from components.frame.compression import CompressedFiles
    from components.frame.headers import SecurityHeaders
    from components.pieces.scatter.serving import PlotlyScript

    app = App(
        Path(__file__),
        middleware=[Middleware(SecurityHeaders), Middleware(CompressedFiles), Middleware(PlotlyScript)],
    )
