"""Numbers of payment cards and bank accounts, told by their check digits."""

import re
from collections.abc import Iterator

from robust_emo.personal.check_digits import IBAN_LENGTHS, iban, luhn
from robust_emo.personal.finding import Candidate, Certainty, Kind

_CARD = re.compile(r"(?<![\dA-Za-z_.\-])(?:\d[ \-]?){12,18}\d(?![\dA-Za-z_]|[.\-]\d)")
# Visa, Mastercard, American Express, Discover, JCB, UnionPay, Maestro, Mir; with the numbers of digits that they have.
_SCHEME = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35\d{14}|62\d{14,17}"
    r"|(?:50|5[6-9]|6[0-9])\d{14}"
)
_IBAN = re.compile(r"(?<![\dA-Za-z])[A-Z]{2}\d{2}(?=[ \-]?[A-Z0-9])")
_REST = re.compile(r"(?:[ \-]?[A-Z0-9]){11,30}+", re.IGNORECASE)


def payment_numbers(text: str) -> Iterator[Candidate]:
    """Cards (scheme, length, Luhn's check) and IBANs (country, length, modulo 97)."""
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if _SCHEME.fullmatch(digits) and len(set(digits)) > 1 and luhn(digits):
            yield Candidate(Kind.CARD, match.start(), match.end(), Certainty.CERTAIN)
    for match in _IBAN.finditer(text):
        rest = _REST.match(text, match.end())
        end = _iban_end(text, match.start(), rest.end()) if rest else None
        if end is not None:
            yield Candidate(Kind.IBAN, match.start(), end, Certainty.CERTAIN)


def _iban_end(text: str, start: int, limit: int) -> int | None:
    """Where the IBAN that begins at `start` ends: words may follow it after a space."""
    length = IBAN_LENGTHS.get(text[start : start + 2], 0)
    places = [place for place in range(start, limit) if text[place] not in " -"]
    if not 0 < length <= len(places):
        return None
    end = places[length - 1] + 1
    value = "".join(text[place] for place in places[:length]).upper()
    inside = end < len(text) and text[end].isascii() and text[end].isalnum()
    return end if not inside and iban(value) else None
