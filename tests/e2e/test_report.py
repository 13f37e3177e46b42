"""The HTML of a report in a real browser that has no network."""

import numpy as np
import pytest

from engine.report.document import Document, Figure, Illustration, Legend, Paragraph, Section, Table
from engine.report.html import html_bytes

EVIL = "<img src=x onerror=\"document.title='harmed'\"><script>document.title='harmed'</script>"


@pytest.fixture
def file(tmp_path):
    drawn = Illustration(lambda: np.full((60, 120, 3), 90, np.uint8), EVIL, EVIL)
    legend = Legend(np.zeros((256, 3), np.uint8), ("0", "1", "2"), "what a value is")
    blocks = (Paragraph(EVIL, "Remark"), Figure((drawn, drawn), legend), Table("Figures", ((EVIL, "1"),)))
    path = tmp_path / "report.html"
    path.write_bytes(
        html_bytes(
            Document("en", "Offline", EVIL, (Section("Findings", parts=(Section(EVIL, "", blocks),)),))
        )
    )
    return path


@pytest.mark.parametrize("width", [1280, 390])
def test_a_report_shows_everything_without_a_network_and_runs_nothing(browser, file, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True, color_scheme="dark")
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    assert page.evaluate("[...document.images].length") == 3
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == [] and said == []
    assert page.title() == "Offline" and page.get_by_text("onerror").count() >= 5
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 24, 29)"
    context.close()
