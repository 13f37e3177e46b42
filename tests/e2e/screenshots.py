"""Makes the pictures of the documents: ``make screenshots``, or some of them, by name.

The rendered street, the shipped models, 1280 pixels wide; the first of the README is an animation of the
central job, with a pointer drawn where the mouse is.
"""

import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.e2e.drivers.browser import (  # noqa: E402
    PLACE,
    TOURED,
    button,
    chromium,
    idle,
    picture,
    the_map,
)
from tests.e2e.drivers.server import running  # noqa: E402

IMAGES = ROOT / "docs" / "images"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PASS_MS = 20 * 60 * 1000
FILM_PX, FILM_QUALITY = 960, 72
VAN, MAN = (0.47, 0.585), (0.45, 0.935)
POINTER = """([x, y]) => {
  let pointer = document.getElementById("pointer");
  if (!pointer) {
    pointer = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    pointer.id = "pointer";
    pointer.setAttribute("viewBox", "0 0 24 24");
    pointer.innerHTML = '<path d="M4 2v18l5-5 3 7 3-1-3-7h7z" fill="#111" stroke="#fff" stroke-width="1.5"/>';
    pointer.style.cssText = "position:fixed;width:26px;z-index:2147483647;pointer-events:none";
    document.body.append(pointer);
  }
  pointer.style.left = `${x - 4}px`;
  pointer.style.top = `${y - 2}px`;
}"""


class Film:
    """Frames of a page, each with the time for which it stands.

    Args:
        page: which is filmed.
    """

    def __init__(self, page: Any) -> None:
        self.page = page
        self.frames: list[Image.Image] = []
        self.times: list[int] = []

    def take(self, milliseconds: int) -> None:
        """One frame."""
        settle(self.page)
        frame = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        height = round(frame.height * FILM_PX / frame.width)
        self.frames.append(frame.resize((FILM_PX, height), Image.Resampling.LANCZOS))
        self.times.append(milliseconds)

    def move(self, row: float, column: float) -> None:
        """The mouse goes to shares of the image's height and width."""
        box = picture(self.page).bounding_box()
        place = picture(self.page).evaluate(PLACE, [row, column])
        self._go(box["x"] + place["x"], box["y"] + place["y"])

    def point(self, element: Any) -> None:
        """The mouse goes to the middle of an element."""
        box = element.bounding_box()
        self._go(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def click(self) -> None:
        """Click where the mouse is."""
        self.page.mouse.down()
        self.page.mouse.up()
        idle(self.page)

    def _go(self, x: float, y: float) -> None:
        self.page.mouse.move(x, y)
        self.page.evaluate(POINTER, [x, y])

    def save(self, path: Path) -> None:
        """The film as an animated WebP."""
        first, *others = self.frames
        first.save(
            path, save_all=True, append_images=others, duration=self.times, loop=0, quality=FILM_QUALITY
        )


def settle(page: Any) -> None:
    """Until nothing moves any more."""
    idle(page)
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth)")
    page.wait_for_timeout(600)


def film_start(page: Any) -> None:
    """The central job: click a zone, see what it depends on."""
    film = Film(page)
    the_map(page).wait_for()
    film.move(*VAN)
    film.take(1800)
    film.move(*MAN)
    film.take(900)
    film.click()
    film.take(2200)
    film.point(page.get_by_role("button", name="row ").first)
    film.take(1800)
    film.point(page.get_by_text("Boundary", exact=True))
    film.take(500)
    film.click()
    film.take(2200)
    film.save(IMAGES / "start.webp")


def see_map(page: Any) -> None:
    """A finished map, in any language."""
    page.locator(".map .stage > svg").wait_for()


def see_gallery(page: Any) -> None:
    """The gradients and class activation maps."""
    page.get_by_role("img", name="SmoothGrad: map of").wait_for()
    button(page, "Stop").wait_for(state="hidden")


def see_sheet(page: Any) -> None:
    """Feature visualizations."""
    page.get_by_text("Inspect").wait_for()


SHOTS: dict[str, tuple[str, dict[str, int], str, Callable[[Any], None]]] = {
    "zones.png": ("/zones?ask=border&zone=1", WIDE, "light", see_map),
    "gallery.png": ("/gallery?model=streets-unet", WIDE, "light", see_gallery),
    "filters.png": ("/filters?model=dogs-vgg", WIDE, "light", see_sheet),
    "dark.png": ("/", WIDE, "dark", see_map),
    "phone.png": ("/?lang=fr", PHONE, "light", see_map),
}
"""Each picture: address, size of the window, theme, and what is waited for."""


def main(names: list[str]) -> None:
    """Make all pictures, or those that are named."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server, chromium() as browser:
        for name in names or ["start.webp", *SHOTS]:
            address, size, theme, act = SHOTS.get(name, ("/", WIDE, "light", film_start))
            page = browser.new_page(
                viewport=size, color_scheme=theme, reduced_motion="reduce", locale="en-US"
            )
            page.set_default_timeout(PASS_MS)
            page.add_init_script(TOURED)
            page.goto(f"{server.url}{address}")
            act(page)
            if name in SHOTS:
                page.mouse.move(2, 2)
                settle(page)
                page.screenshot(path=IMAGES / name)
            print(f"docs/images/{name}")
            page.close()


if __name__ == "__main__":
    main(sys.argv[1:])
