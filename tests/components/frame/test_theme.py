"""The settings of the server and the contrast of both themes."""

import tomllib
from pathlib import Path

import pytest

from engine.images.picture import MAX_BYTES
from settings import settings

ROOT = Path(__file__).parents[3]
SETTINGS = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2 has it, 1-21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("kind", ["light", "dark"])
def test_texts_are_legible_on_every_ground(kind):
    theme = SETTINGS["theme"][kind]
    grounds = [
        part[name]
        for part in (theme, theme["sidebar"])
        for name in ("backgroundColor", "secondaryBackgroundColor")
    ]
    for ground in grounds:
        assert contrast(theme["textColor"], ground) >= 10
        assert contrast(theme["linkColor"], ground) >= 4.5
        assert contrast(theme["primaryColor"], ground) >= 4.5  # and the other way round, on primary buttons
    for name in ("blue", "yellow", "red"):
        assert contrast(theme[f"{name}TextColor"], theme[f"{name}BackgroundColor"]) >= 4.5


def test_the_style_of_the_frame_has_the_colours_of_both_themes():
    style = (ROOT / "components" / "frame" / "frame.css").read_text()
    for variable, name in [("accent", "primary"), ("ground", "background"), ("line", "border")]:
        light, dark = (SETTINGS["theme"][kind][f"{name}Color"] for kind in ("light", "dark"))
        assert f"--{variable}: light-dark({light}, {dark});" in style
    assert "var(--st-" not in style, "Streamlit tells these to components alone"


def test_server_is_closed_to_the_outside():
    assert SETTINGS["server"]["address"] == "127.0.0.1"
    assert SETTINGS["server"]["enableXsrfProtection"] is True
    assert SETTINGS["server"]["maxUploadSize"] == settings().own_mb > MAX_BYTES >> 20
    assert SETTINGS["browser"]["gatherUsageStats"] is False
    assert SETTINGS["client"]["showErrorDetails"] == "none"


def test_nothing_of_ours_names_another_place():
    """A page icon from Streamlit's symbols would be fetched from the web."""
    sources = [*(ROOT / "components").rglob("*"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
    texts = {path: path.read_text() for path in sources if path.suffix in {".py", ".js", ".css", ".html"}}
    assert not [path.name for path, text in texts.items() if ":material/" in text]
    known = (
        "http://www.w3.org/2000/svg",
        "https://huggingface.co/",
        "https://keras.io/api/applications/",
        "https://doi.org/",
        "https://arxiv.org/abs/",
    )
    for path, text in texts.items():
        for address in known:
            text = text.replace(address, "")
        assert "http://" not in text and "https://" not in text, path.name
