"""Numbers that a state gives to a person."""

import re
from collections.abc import Iterator

from robust_emo.personal.check_digits import resident_form, resident_id, social_security, taiwan_id
from robust_emo.personal.finding import Candidate, Certainty, Kind

_LEFT, _RIGHT = r"(?<![0-9A-Za-z_\-])", r"(?![0-9A-Za-z_]|-\d)"
_RESIDENT = re.compile(
    rf"{_LEFT}[1-8]\d{{5}}[\s\-]?(?:19|20)\d{{2}}[\s\-]?\d{{4}}[\s\-]?\d{{3}}[\dXx]{_RIGHT}|{_LEFT}[1-8]\d{{14}}{_RIGHT}"
)
_SOCIAL = re.compile(rf"{_LEFT}(\d{{3}})([\s\-]?)(\d{{2}})\2(\d{{4}}){_RIGHT}")
_INSURANCE = re.compile(rf"{_LEFT}[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:\s?\d{{2}}){{3}}\s?[A-D]{_RIGHT}")
_TAIWAN = re.compile(rf"{_LEFT}[A-Z][12]\d{{8}}{_RIGHT}")
_PASSPORT = re.compile(rf"{_LEFT}(?:[A-Z]{{1,2}}\d{{6,8}}|\d{{9}}){_RIGHT}")
_RESIDENT_CUE = re.compile(r"身份证|身分證|证件号|id\s?(?:card|number|no)", re.IGNORECASE)
_SOCIAL_CUE = re.compile(r"\b(?:ssn|social security)\b", re.IGNORECASE)
_PASSPORT_CUE = re.compile(r"\bpassport\b|护照|護照|通行证", re.IGNORECASE)
_REACH = 24
"""Characters in front of a number in which a cue stands."""


def identity_numbers(text: str) -> Iterator[Candidate]:
    """Chinese and Taiwanese ids, US social security, British insurance, and passport numbers behind their word."""
    for match in _RESIDENT.finditer(text):
        value = re.sub(r"[\s\-]", "", match.group())
        if len(value) == 18 and resident_id(value):
            yield _found(match, Certainty.CERTAIN)
        elif resident_form(value) and _cued(_RESIDENT_CUE, text, match.start()):
            yield _found(match, Certainty.LIKELY)
    for match in _SOCIAL.finditer(text):
        area, separator, group, serial = match.groups()
        if social_security(area, group, serial) and (separator == "-" or _cued(_SOCIAL_CUE, text, match.start())):
            yield _found(match, Certainty.LIKELY)
    for match in _INSURANCE.finditer(text):
        yield _found(match, Certainty.LIKELY)
    for match in _TAIWAN.finditer(text):
        if taiwan_id(match.group()):
            yield _found(match, Certainty.CERTAIN)
    for match in _PASSPORT.finditer(text):
        if _cued(_PASSPORT_CUE, text, match.start()):
            yield _found(match, Certainty.LIKELY)


def _found(match: re.Match[str], certainty: Certainty) -> Candidate:
    return Candidate(Kind.ID, match.start(), match.end(), certainty)


def _cued(cue: re.Pattern[str], text: str, start: int) -> bool:
    return cue.search(text, max(0, start - _REACH), start) is not None
