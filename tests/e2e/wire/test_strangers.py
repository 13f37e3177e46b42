"""Strangers' names in Streamlit's Markdown, in a browser: letters, and nothing else."""

from tests.e2e.drivers.browser import PATIENCE_MS
from tests.e2e.drivers.server import ROOT, running

NAMES = (
    "www.evil.com",
    "(see WWW.evil.com/x?y)",
    "http://evil.com/a",
    "HTTPS://EVIL.com",
    "**www.evil.com**",
    "mailto:a.b+c@evil.com",
    "a@evil.com,b@evil.com",
    "![i](http://evil.com/i.png)",
    "[click](javascript:alert(1))",
    "<http://evil.com>",
    "<b>bold</b> &lt;",
    ":smile: :material/home: :streamlit:",
    ":red[hi] :blue-badge[x]",
    "$x^2$ ~~x~~ `x`",
    "- item",
    "+ item",
    "1. item",
    "# head",
    "---",
    "| a | b |",
)
SCRIPT = """
import streamlit as st
from components.words.plain import as_code, as_text
for name in {names!r}:
    st.markdown(as_text(name))
    st.markdown(f"**{{as_text(name)}}** " + as_code(name))
"""


def test_names_are_shown_as_they_are_written(browser, tmp_path):
    script = tmp_path / "names.py"
    script.write_text(SCRIPT.format(names=NAMES), "utf-8")
    with running(tmp_path, script=script, PYTHONPATH=str(ROOT)) as server:
        page = browser.new_page(base_url=server.url)
        page.goto("/", timeout=PATIENCE_MS)
        texts = page.get_by_test_id("stMarkdownContainer")
        texts.nth(2 * len(NAMES) - 1).wait_for(timeout=PATIENCE_MS)
        shown = [text.replace("\u2060", "") for text in texts.all_text_contents()]
        assert shown[::2] == list(NAMES)
        assert texts.locator("a, img, span, h1, li, hr, table, del, em").count() == 0
        assert texts.locator("strong").all_text_contents() and len(shown) == 2 * len(NAMES)
        page.close()
