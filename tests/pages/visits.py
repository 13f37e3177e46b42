"""A visit of the app without a browser."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.harness.waits import wait_for

APP = str(Path(__file__).parents[2] / "app.py")
PATIENCE_SECONDS = 250
POLL_SECONDS = 0.1
PAGES = {
    "home": "pages/start/home.py",
    "own-model": "pages/start/own_model.py",
    "zones": "pages/explain/zones.py",
    "compare": "pages/explain/compare.py",
    "layers": "pages/explain/layers.py",
    "gallery": "pages/explain/gallery.py",
    "examples": "pages/explain/examples.py",
    "features": "pages/inside/feature_maps.py",
    "concepts": "pages/inside/concepts.py",
    "tcav": "pages/inside/tcav.py",
    "filters": "pages/inside/filters.py",
    "data-set": "pages/data/overview.py",
    "errors": "pages/data/errors.py",
    "quality": "pages/data/quality.py",
    "embedding": "pages/data/embedding.py",
    "strategies": "pages/data/strategies.py",
    "segmentation": "pages/data/segmentation.py",
    "batch": "pages/data/batch.py",
    "transfer": "pages/lab/transfer.py",
    "experiments": "pages/lab/runs.py",
    "report": "pages/share/report.py",
}
SMALL_PASS = {"grid": "4", "designs": "8", "replicates": "4"}


class Visit:
    """One session on one page.

    Args:
        page: key of ``PAGES``.
        **link: what stands in the link.
    """

    def __init__(self, page: str = "home", **link: str | list[str]) -> None:
        self.at = AppTest.from_file(APP, default_timeout=PATIENCE_SECONDS)
        for name, value in link.items():
            self.at.query_params[name] = value
        self.at.run()
        if page != "home":
            self.at.switch_page(PAGES[page]).run()

    def until(self, ready: Any) -> Visit:
        """Run again, as the polling parts of a page do, until something holds."""
        wait_for(lambda: ready(self) or self._look_again(), PATIENCE_SECONDS, lambda: self.texts, pause=0)
        return self

    def _look_again(self) -> None:
        time.sleep(POLL_SECONDS)
        self.at.run()

    def until_picture(self) -> Visit:
        """Wait until there is a picture to click."""
        return self.until(lambda visit: visit.component("picker"))

    def component(self, key: str) -> dict[str, Any] | None:
        """What a component of ours was given, or None if it is not there."""
        found = [
            element for element in self.at.get("bidi_component") if key in element.proto.id.split("-")[-1]
        ]
        return json.loads(found[0].proto.json) if found else None

    def send(self, key: str, **state: Any) -> Visit:
        """What the browser sends when a component of ours is used."""
        element = next(found for found in self.at.get("bidi_component") if found.proto.id.endswith(f"-{key}"))
        states = self.at._tree.get_widget_states()
        widget = states.widgets.add()
        widget.id, widget.json_value = element.proto.id, json.dumps(state)
        self.at._run(states)
        return self

    def click(self, row: float, column: float, slot: str = "zone", key: str = "picker") -> Visit:
        """Click the picture at shares of height and width."""
        return self.send(key, pick={"slot": slot, "row": row, "column": column, "click": time.monotonic_ns()})

    def jobs(self, kind: str) -> list[Any]:
        """What the session holds of one kind of work."""
        held = self.at.session_state["_orders"] if "_orders" in self.at.session_state else {}  # noqa: SIM401
        return [job for (name, _identity), job in held.items() if name == kind]

    @property
    def mapped(self) -> bool:
        """Whether there is a large map, and all that was ordered is done."""
        held = self.at.session_state["_orders"] if "_orders" in self.at.session_state else {}  # noqa: SIM401
        return self.component("map") is not None and all(job.finished for job in held.values())

    @property
    def runs(self) -> int:
        """Done runs of the one perturbation pass of the session."""
        (job,) = self.jobs("perturbation")
        return job.progress().done_runs

    def part(self, key: str) -> str:
        """The sentences of a part of the page, by its key; none if it is not there."""
        return _sentences(self.widget(key)) if self.has(key) else ""

    @property
    def texts(self) -> str:
        """All sentences on the page."""
        return _sentences(self.at, self.at.sidebar)

    @property
    def drawings(self) -> str:
        """The sheet of what filters look for, as it is sent to the browser; empty if there is none."""
        found = [
            element.proto.body
            for element in self.at.get("html")
            if "Feature visualizations" in element.proto.body
        ]
        return found[-1] if found else ""

    @property
    def asks(self) -> bool:
        """Whether there is something to choose from: a picture to click, a batch to start, pages to begin a
        report on, a model to bring, a data set.
        """
        asked = self.component("picker") is not None or "batch-start" in [
            found.key for found in self.at.button
        ]
        return asked or any(map(self.has, ("empty", "own-hub", "data-choice")))

    def widget(self, key: str) -> Any:
        """A widget by its key."""
        return self.at.get_by_key(key)

    def has(self, key: str) -> bool:
        """Whether there is a widget of a key."""
        try:
            return self.widget(key) is not None
        except KeyError:
            return False


def _sentences(*places: Any) -> str:
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error")
    return "\n".join(str(found.value) for place in places for kind in kinds for found in getattr(place, kind))


def picture_bytes(kind: str = "PNG", size_hw: tuple[int, int] = (96, 128)) -> bytes:
    """A picture in three bands: bright, middle, dark."""
    pixels = np.full((*size_hw, 3), 217, np.uint8)
    pixels[size_hw[0] // 3 :] = 128
    pixels[2 * size_hw[0] // 3 :] = 38
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, kind)
    return content.getvalue()


def tiles(page: Visit, key: str = "sheet") -> list[dict[str, Any]]:
    """The maps of a sheet; none while it is not there."""
    drawn = page.component(key)
    return [tile for group in drawn["groups"] for tile in group["tiles"]] if drawn else []
