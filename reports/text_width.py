"""How wide a text is in Helvetica and its kin, near enough to lay out words without any font at hand."""

import unicodedata

# Advance widths of the printable ASCII characters in thousandths of the size, from Adobe's font metrics of Helvetica.
_ASCII = dict(
    zip(
        map(chr, range(0x20, 0x7F)),
        (
            278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
            556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
            1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
            667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
            333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
            556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
        ),
        strict=True,
    )
)  # fmt: skip
_OTHER = 600


def text_width(text: str, size: float) -> float:
    """Width of one line.

    Args:
        text: without line breaks.
        size: of the font; the width is in the same unit.
    """
    return size * sum(map(_width, text)) / 1000


def _width(char: str) -> int:
    if known := _ASCII.get(char):
        return known
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return 1000
    return _ASCII.get(unicodedata.normalize("NFD", char)[0], _OTHER)
