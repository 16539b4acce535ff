"""What a page holds, for tests of reports; and texts that try to break out of it."""

import gzip
import re
from base64 import b64decode
from html.parser import HTMLParser

HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "{{7*7}}{% raw %}{#",
    "left \u202eright\u2066 \u061c again",
    "nul \x00 esc \x1b bell \x07",
    "lone \ud800 surrogate",
    "x" * 5000,
    "</style><style>*{display:none}</style>",
    "<!-- ]]> &amp; &#x3c;script&#x3e;",
)


class ShownPage(HTMLParser):
    """Elements, attribute names and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.values: list[tuple[str, str]] = []
        self.inline: dict[str, list[str]] = {"style": [], "script": [], "packed": []}
        """Code that runs, and the page's other languages, which do not."""
        self.text: list[str] = []
        self._stack: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.values += [(name, value or "") for name, value in attrs]
        self._stack.append("packed" if ("class", "other-language") in attrs else tag)

    def handle_endtag(self, tag):
        while self._stack and self._stack.pop() not in (tag, *(("packed",) if tag == "script" else ())):
            pass

    def handle_data(self, data):
        if self._stack and self._stack[-1] in self.inline:
            self.inline[self._stack[-1]].append(data)
        else:
            self.text.append(data)

    @property
    def code(self) -> tuple[list[str], list[str]]:
        """Style sheets and scripts."""
        return self.inline["style"], self.inline["script"]

    def in_other_languages(self) -> "list[ShownPage]":
        """The pages that lie in this one."""
        return [ShownPage(gzip.decompress(b64decode(packed)).decode()) for packed in self.inline["packed"]]

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.text))
