"""Findings with pictures in a report: each writer has the picture, the sentences and the table."""

import io

import numpy as np
import pytest
from PIL import Image
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from components.report.downloads import html_of, pdf_of, pptx_of
from components.report.tables import Finding, ReportPicture, worded
from components.session.media import jpeg_bytes
from tests.engine.report.test_writers import pdf_text


@pytest.fixture(scope="module")
def listed():
    strip = jpeg_bytes(Image.fromarray(np.full((24, 96, 3), 90, np.uint8)))
    finding = Finding(
        "Concepts of “8”",
        "Model: digits.",
        {"Concept": [1, 2], "Importance": [0.5, 0.25]},
        (
            ReportPicture(strip, "Typical crops", "digits"),
            ReportPicture(strip, "What it looks for", "digits"),
        ),
        (r"**2** concepts explain a\_layer.",),
        {"digest": "abc", "seed": 0},
    )
    return [worded(finding), worded(Finding("Confusion", "", {"True": ["a"]}))]


def test_html_has_pictures_sentences_table_and_record(listed):
    page = html_of([], {}, "en", listed).decode()
    assert page.count('src="data:image/jpeg') == 2 and "<figcaption>Typical crops</figcaption>" in page
    assert "2 concepts explain a_layer." in page and "<td>0.500</td>" in page and "&#34;seed&#34;: 0" in page


@pytest.mark.slow
def test_pdf_has_pictures_sentences_table_and_record(listed):
    content = pdf_of([], {}, "en", listed)
    said = pdf_text(content)
    assert content.count(b"/DCTDecode") >= 1
    assert all(text in said for text in ("Typicalcrops", "2conceptsexplaina_layer.", "0.500", '"seed":0'))


def test_slides_have_pictures_sentences_table_and_the_record_in_their_notes(listed):
    _title, slide, other = Presentation(io.BytesIO(pptx_of([], {}, "en", listed))).slides
    pictures = [shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert [one._element.nvPicPr.cNvPr.get("descr") for one in pictures] == [
        "Typical crops",
        "What it looks for",
    ]
    told = "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
    assert "2 concepts explain a_layer." in told and "1 | 0.500" in told
    assert '"seed": 0' in slide.notes_slide.notes_text_frame.text
    assert '"seed"' not in other.notes_slide.notes_text_frame.text
