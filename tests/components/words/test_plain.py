"""Names of strangers in Markdown; what a browser makes of them is in tests/e2e/wire/test_strangers.py."""

import pytest

from components.words.plain import as_code, as_plain, as_text

JOINER = "\u2060"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("street_1.jpg", r"street\_1.jpg"),
        ("[a](http://x) <b>*c*</b>", rf"\[a\]\(http\:{JOINER}//x\) \<b\>\*c\*\</b\>"),
        (":red[d] $e$ # f", r"\:red\[d\] \$e\$ \# f"),
        ("two\n\n# lines", r"two \# lines"),
        ("- one", r"\- one"),
        ("12. one", r"12\. one"),
        ("12) one", r"12\) one"),
        ("---", r"\---"),
        ("WWW.evil.com", f"WWW{JOINER}.evil.com"),
        ("a@evil.com", f"a@{JOINER}evil.com"),
        (":material/home:", rf"\:{JOINER}material/home\:"),
    ],
)
def test_signs_are_escaped_and_addresses_disarmed(text, escaped):
    assert as_text(text) == escaped
    assert as_plain(f"**{escaped}**") == " ".join(text.split())


def test_code_cannot_be_left():
    assert as_code("a`b\n**c**") == "`a b **c**`" and as_code("") == "`?`"
