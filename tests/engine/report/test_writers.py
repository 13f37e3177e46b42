"""Writers of reports: HTML that needs nothing else, and a PDF with readable text and the same content."""

import io
import re
import zlib
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from engine.report.document import (
    BulletList,
    Citation,
    ColumnTable,
    Document,
    Figure,
    Illustration,
    Legend,
    Paragraph,
    Record,
    Section,
    Table,
    Warnings,
    printable,
)
from engine.report.html import html_bytes
from engine.report.pdf import pdf_bytes
from engine.report.pptx import pptx_bytes

EVIL = "<script>alert(1)</script> & \"quoted\" 'label'"
TEXTS = (
    *(
        "Die Überschrift",
        "von Zoë",
        "Erster Teil",
        "darunter",
        "Bemerkung",
        "Käse et façade",
        "Achtung",
        "gesättigt",
    ),
    *(
        "Zahlen",
        "Wert",
        "0,25 ± 0,1 ≥ 0",
        "Punkte",
        "ein Punkt",
        "Protokoll",
        "Ein Foto",
        "null",
        "halb",
        "voll",
        "was ein Wert ist",
        "Spalte",
        "Zelle",
        EVIL,
    ),
)


def document() -> Document:
    drawn = Illustration(lambda: np.full((20, 40, 3), 90, np.uint8), "Ein Foto", 'alt " onerror="x')
    legend = Legend(np.zeros((8, 256, 3), np.uint8), ("null", "halb", "voll"), "was ein Wert ist")
    inner = Section(EVIL, "darunter", (Figure((drawn, drawn), legend), Warnings("Achtung", ("gesättigt",))))
    blocks = (
        Paragraph("Käse et façade", "Bemerkung"),
        Table("Zahlen", (("Wert", "0,25 ± 0,1 ≥ 0"),)),
        ColumnTable("", ("Spalte", "Rest"), (("Zelle", "0"), ("b", "1"))),
        BulletList("Punkte", ("ein Punkt",)),
        Citation("A paper (2021)", "https://arxiv.org/abs/1"),
        Record("Protokoll", EVIL),
    )
    return Document("de", "Die Überschrift", "von Zoë", (Section("Erster Teil", "", blocks, (inner, inner)),))


class Elements(HTMLParser):
    """Collects elements with their attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def page() -> Elements:
    return Elements(html_bytes(document()).decode())


def test_html_needs_nothing_else(page):
    """Nothing is loaded: no script, no other file; only the paper may be opened by a click."""
    assert not {tag for tag, _ in page.found} & {
        "script",
        "link",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
        "svg",
        "video",
        "source",
    }
    loaded = [
        value
        for _, attributes in page.found
        for name, value in attributes.items()
        if name in ("src", "srcset", "style", "data")
    ]
    assert loaded and all(value.startswith("data:image/") for value in loaded)
    assert [attributes["href"] for tag, attributes in page.found if tag == "a"] == ["https://arxiv.org/abs/1"]
    assert not re.search(r"url\(|@import", html_bytes(document()).decode())
    policies = [
        attributes["content"]
        for _, attributes in page.found
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]


def test_html_says_everything_and_marks_nothing_up(page):
    assert all(text in page.text for text in TEXTS)
    assert not [
        attributes for _, attributes in page.found if any(name.startswith("on") for name in attributes)
    ]
    images = [attributes for tag, attributes in page.found if tag == "img" and attributes["alt"]]
    assert images[0]["alt"] == 'alt " onerror="x' and (images[0]["width"], images[0]["height"]) == (
        "40",
        "20",
    )


def hostile(text: str) -> Document:
    """A document that says one text wherever a text may stand."""
    drawn = Illustration(lambda: np.zeros((2, 3, 3), np.uint8), text, text)
    legend = Legend(np.zeros((8, 256, 3), np.uint8), (text, text, text), text)
    blocks = (
        Paragraph(text, text),
        Table(text, ((text, text),)),
        ColumnTable(text, (text, text), ((text, text),)),
        BulletList(text, (text,)),
        Warnings(text, (text,)),
        Citation(text, text),
        Citation(text, f"https://arxiv.org/{text}"),
        Record(text, text),
        Figure((drawn,), legend),
    )
    return Document(text, text, text, (Section(text, text, blocks),))


@pytest.mark.parametrize(
    "text",
    [
        EVIL,
        '" onclick="alert(1)" x=\'',
        "javascript:alert(1)",
        "</style></title><img src=x onerror=alert(1)>",
        "{{ 7 * 6 }}{% raw %}<b>",
    ],
)
def test_html_escapes_hostile_texts_everywhere(text):
    """A text adds no element and no attribute, wherever it stands, and is read as it is written."""
    page, harmless = Elements(html_bytes(hostile(text)).decode()), Elements(html_bytes(hostile("x")).decode())
    assert [(tag, [*attributes]) for tag, attributes in page.found] == [
        (tag, [*attributes]) for tag, attributes in harmless.found
    ]
    assert page.text.count(text) == 29, "every place but the language and what a picture shows"
    values = [value for _, attributes in page.found for value in attributes.values()]
    assert values.count(text) == 2, "the language and what a picture shows; it is nobody's address"
    assert values.count(f"https://arxiv.org/{text}") == 1


def pdf_text(content: bytes) -> str:
    """The text of a PDF without its spaces, by what its fonts say of their signs."""
    packed = re.findall(rb">>\s*stream\r?\n(.*?)\nendstream", content, re.S)  # "\r" may be its last byte
    streams = [zlib.decompress(found) for found in packed if found[:1] == b"x"]
    fonts = [
        dict(re.findall(rb"<(\w{4})> <(\w+)>", stream))
        for stream in streams + packed
        if b"beginbfchar" in stream
    ]
    text, known = "", fonts[0]
    for stream in streams:
        for font, raw in re.findall(rb"/F(\d) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", stream, re.S):
            known = fonts[int(font) - 1] if font else known
            plain = re.sub(
                rb"\\(.)", lambda found: {b"r": b"\r", b"n": b"\n"}.get(found[1], found[1]), raw, flags=re.S
            )
            codes = [plain[place : place + 2].hex().upper().encode() for place in range(0, len(plain) - 1, 2)]
            text += "".join(bytes.fromhex(known[code].decode()).decode("utf-16-be") for code in codes)
    return "".join(text.split())


def test_pdf_opens_and_says_the_same():
    content = pdf_bytes(document())
    assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type /Page\b", content)) == 2, "the second finding begins a page"
    assert content.count(b"/DCTDecode") >= 1 and b"/Lang (de)" in content
    said = pdf_text(content)
    assert [text for text in TEXTS if "".join(text.split()) not in said] == []


def test_signs_that_cannot_be_printed_are_left_out():
    assert printable("a\u202eb\x00c\nd\ud800e\u202f1") == "abc\nde\u202f1"
    broken = Document(
        "en", "a\x00\ud800b", "", (Section("\u202eevil", blocks=(Paragraph("\U0001f600 smile \u4f60"),)),)
    )
    assert b"<h1>ab</h1>" in html_bytes(broken) and pdf_bytes(broken).startswith(b"%PDF-")


def slides_of(content: bytes) -> list[Any]:
    return list(Presentation(io.BytesIO(content)).slides)


def test_slides_have_all_that_the_page_has_as_text_that_can_be_edited():
    told = "\n".join(
        text
        for slide in slides_of(pptx_bytes(document()))
        for text in (
            *(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame),
            slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else "",
        )
    )
    captions = {"Ein Foto"}
    assert [text for text in TEXTS if text not in told and text not in captions] == []


def test_a_slide_with_a_map_has_its_pictures_with_words_for_them_and_its_record_in_the_notes():
    _title, _text, slide, _again = slides_of(pptx_bytes(document()))
    pictures = [shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert [shape._element.nvPicPr.cNvPr.get("descr") for shape in pictures] == [
        'alt " onerror="x',
        'alt " onerror="x',
        "was ein Wert ist",
    ]
    deck = Presentation(io.BytesIO(pptx_bytes(document())))
    for shape in pictures:
        assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width
        assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height
    assert EVIL in slide.notes_slide.notes_text_frame.text
