"""Makes the pictures of the documents: ``make screenshots``.

The rendered street, the shipped model, the light theme, 1280 pixels wide.
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.e2e.drivers.browser import VAN, button, chosen_zone, chromium, click_at, idle, picture, the_map  # noqa: E402
from tests.e2e.drivers.server import running  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SIZE = {"width": 1280, "height": 960}
PASS_MS = 20 * 60 * 1000


def take(page, name: str) -> None:
    idle(page)
    page.mouse.move(2, 2)
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth)")
    page.wait_for_timeout(600)
    IMAGES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=IMAGES / name)
    print(f"docs/images/{name}")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server, chromium() as browser:
        page = browser.new_page(viewport=SIZE, color_scheme="light", reduced_motion="reduce", locale="en-US")
        page.set_default_timeout(PASS_MS)
        page.goto(server.url)
        picture(page).wait_for()
        take(page, "start.png")
        page.goto(f"{server.url}/zones")
        picture(page).wait_for()
        idle(page)
        click_at(page, *VAN)
        assert chosen_zone(page).startswith("vehicle"), f"the van is not where it was: {chosen_zone(page)}"
        start = button(page, "Start")
        start.or_(button(page, "Stop")).or_(the_map(page)).first.wait_for()
        if start.is_visible():
            start.click()
        page.get_by_text("of computation").wait_for()
        the_map(page).wait_for()
        take(page, "zones.png")
        page.goto(f"{server.url}/gallery?model=streets-unet&zone=1")
        page.get_by_role("img", name="SmoothGrad: map of").wait_for()
        button(page, "Stop").wait_for(state="hidden")
        page.get_by_text("Gradients with respect to the image").evaluate(
            "heading => heading.scrollIntoView({ block: 'start' })"
        )
        take(page, "gallery.png")
        page.goto(f"{server.url}/filters?model=dogs-vgg")
        page.get_by_text("Inspect").wait_for()
        take(page, "filters.png")


if __name__ == "__main__":
    main()
